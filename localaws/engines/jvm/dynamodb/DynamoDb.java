import java.net.InetSocketAddress;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * DynamoDB Local in memory, on a free port of loopback.
 *
 * Its own ServerRunner listens on every interface, takes no port 0 and sends telemetry; its handler is served here without these.
 */
final class DynamoDb {
    private DynamoDb() {}

    public static void main(String[] arguments) throws Exception {
        Parent.watch();
        System.setProperty("org.eclipse.jetty.LEVEL", "WARN");
        // In memory, no folder, a database for each region and access key, statuses that change at once.
        LocalDynamoDBRequestHandler tables = new LocalDynamoDBRequestHandler(0, true, null, false, false);
        Server server = new Server(new InetSocketAddress("127.0.0.1", 0));
        ContextHandler context = new ContextHandler();
        context.setHandler(new LocalDynamoDBServerHandler(tables, null));
        server.setHandler(context);
        ServerConnector connector = (ServerConnector) server.getConnectors()[0];
        connector.setIdleTimeout(0); // the gateway keeps its connections
        server.start();
        Parent.serve(connector.getLocalPort());
    }
}
