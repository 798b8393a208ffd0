package io.k3j.metricsserver;

import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.Lister;
import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Metrics;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.kubeletclient.ComponentCertificate;
import io.k3j.kubeletclient.KubeletClient;
import io.k3j.schema.Schemas;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// The component: contributes the group to the API server and keeps its figures. Figures outlive a swap of the API
/// server. While this bundle is being replaced by another generation of itself, the one before serves until there are
/// figures here: its services begin with a lower ranking.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.metricsserver",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.pki-ready)")
public final class MetricsServer {
    private static final String RANKING = "service.ranking";
    private final Scraping scraping;
    private final List<ServiceRegistration<?>> registrations;

    /// The component's settings.
    public @interface Settings {
        /// `--data-dir`.
        String dataDir() default "/var/lib/rancher/k3s";

        /// `--flannel-external-ip`.
        boolean flannelExternalIp() default false;
    }

    /// Starts to ask nodes as soon as there is a client.
    @Activate
    public MetricsServer(BundleContext context, Settings settings, @Reference NodeDialer dialer,
            @Reference Health health) {
        InstantSource clock = InstantSource.system();
        ComponentCertificate certificate = new ComponentCertificate(KubeletSource.USER,
                Path.of(settings.dataDir(), "server", "tls"), clock, new SecureRandom());
        KubeletClient kubelets = new KubeletClient(dialer, certificate, KubeletSource.LIMIT,
                settings.flannelExternalIp());
        scraping = new Scraping(new KubeletSource(kubelets), health, clock, Scraping.FIRST_ROUNDS_MILLIS,
                new Demand(Demand.MEMORY, Demand.PATIENCE, System::nanoTime));
        MetricsKinds kinds = new MetricsKinds(new Schemas());
        Dictionary<String, Object> early = new Hashtable<>(Map.of(RANKING, -1, KindCatalog.GENERATION, 1L));
        registrations = List.of(context.registerService(KindHooks.class, kinds, early),
                context.registerService(Lister.class, scraping.nodes(), early),
                context.registerService(Lister.class, scraping.pods(), early),
                context.registerService(KindCatalog.class, kinds, early),
                context.registerService(Metrics.class, scraping.metrics(), early));
        scraping.start(this::ready);
    }

    private void ready() {
        registrations.forEach(r -> r.setProperties(new Hashtable<>(Map.of(RANKING, 0, KindCatalog.GENERATION, 1L))));
    }

    /// Uses the newest client; goes on with the last picture while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        scraping.attach(api);
    }

    /// OSGi binds the successor.
    void unbindApi(ApiClient api) {
        scraping.detach(api);
    }

    /// Withdraws the group and stops asking; the APIService stays for the successor.
    @Deactivate
    void stop() {
        registrations.forEach(ServiceRegistration::unregister);
        scraping.close();
    }
}
