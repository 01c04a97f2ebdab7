import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.index.mapper.MapperExtrasPlugin;
import org.opensearch.index.reindex.ReindexPlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;
import org.opensearch.security.OpenSearchSecurityPlugin;
import org.opensearch.transport.Netty4Plugin;

/** One OpenSearch node with the security plugin, on a free port of loopback; configured by what the folder given holds. */
final class SecuredOpenSearch extends Node {
    private static final List<Class<? extends Plugin>> MODULES = List.of(
        Netty4Plugin.class,
        CommonAnalysisPlugin.class,
        ReindexPlugin.class,
        MapperExtrasPlugin.class,
        OpenSearchSecurityPlugin.class
    );

    private SecuredOpenSearch(Environment environment) {
        super(environment, MODULES, true);
    }

    public static void main(String[] arguments) throws Exception {
        Parent.watch();
        Settings settings = Settings.builder()
            .put("path.home", Path.of(arguments[0]))
            .put("cluster.name", "local")
            .put("node.name", "local")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", "0")
            .put("transport.port", "0")
            .put("cluster.routing.allocation.disk.threshold_enabled", false) // a full disk is the machine's business
            .put("plugins.security.ssl.http.enabled", false) // who asks is said by a password, on loopback
            .put("plugins.security.ssl.transport.keystore_type", "PKCS12") // between nodes the plugin insists on TLS
            .put("plugins.security.ssl.transport.keystore_filepath", "node.p12")
            .put("plugins.security.ssl.transport.keystore_password", arguments[1])
            .put("plugins.security.ssl.transport.truststore_type", "PKCS12")
            .put("plugins.security.ssl.transport.truststore_filepath", "trusted.p12")
            .put("plugins.security.ssl.transport.truststore_password", arguments[1])
            .put("plugins.security.ssl.transport.enforce_hostname_verification", false)
            .put("plugins.security.allow_default_init_securityindex", true)
            .putList("plugins.security.restapi.roles_enabled", "all_access", "security_manager") // as OpenSearch Service has it
            .build();
        LogConfigurator.registerErrorListener();
        Environment environment = InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "local");
        Node node = new SecuredOpenSearch(environment).start();
        Parent.serve(node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort());
    }
}
