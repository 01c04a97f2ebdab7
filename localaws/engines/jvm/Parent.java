import java.io.IOException;
import java.io.PrintStream;

/** The program that started this one: it is told one line, and its end is this program's end. */
final class Parent {
    private static final PrintStream OUT = System.out;
    private static final Thread WATCHER = new Thread(Parent::watchInput, "parent");

    private Parent() {}

    /** Ends this program as soon as its input closes, which is when the parent stops it or dies, however it dies. */
    static void watch() {
        System.setOut(System.err); // the parent reads one line; whatever else a library prints belongs in the log
        WATCHER.setDaemon(true); // so that a failing start ends the program
        WATCHER.start();
    }

    /** Says where this program answers, and keeps it running. */
    static void serve(int port) throws InterruptedException {
        OUT.println("{\"url\": \"http://127.0.0.1:" + port + "\"}");
        OUT.flush();
        WATCHER.join();
    }

    private static void watchInput() {
        try {
            while (System.in.read() >= 0) {
                // nothing is ever said, only the end counts
            }
        } catch (IOException error) {
            error.printStackTrace();
        }
        Runtime.getRuntime().halt(0); // nothing is kept, so nothing has to be closed
    }
}
