import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.index.mapper.MapperExtrasPlugin;
import org.opensearch.index.reindex.ReindexPlugin;
import org.opensearch.ingest.common.IngestCommonPlugin;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.painless.PainlessPlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.transport.Netty4Plugin;

/** One OpenSearch node that is a cluster by itself, on a port of loopback (0 for a free one), with its data under the folder given. */
final class OpenSearch extends Node {
    private static final List<Class<? extends Plugin>> MODULES = List.of(
        Netty4Plugin.class,
        CommonAnalysisPlugin.class,
        ReindexPlugin.class,
        MapperExtrasPlugin.class,
        IngestCommonPlugin.class,
        PainlessPlugin.class
    );

    private OpenSearch(Environment environment) {
        super(environment, MODULES, true);
    }

    public static void main(String[] arguments) throws Exception {
        Parent.watch();
        Path home = Path.of(arguments[0]);
        Settings settings = Settings.builder()
            .put("path.home", home)
            .put("cluster.name", "local")
            .put("node.name", "local")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", arguments[1])
            .put("transport.port", "0")
            .put("http.max_content_length", "10mb") // as the smaller instance types of OpenSearch Service have it
            .put("rest.action.multi.allow_explicit_index", false) // as modules/opensearch-domain has it
            .put("cluster.routing.allocation.disk.threshold_enabled", false) // a full disk is the machine's business
            .build();
        LogConfigurator.registerErrorListener();
        Environment environment = InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "local");
        Node node = new OpenSearch(environment).start();
        Parent.serve(node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort());
    }
}
