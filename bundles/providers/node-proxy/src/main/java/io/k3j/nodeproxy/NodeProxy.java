package io.k3j.nodeproxy;

import io.k3j.apiserverapi.Connect;
import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Metrics;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.NodeDialer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// The component: registers all connection subresources while active. Connections in progress survive its
/// deactivation.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.nodeproxy",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.pki-ready)")
public final class NodeProxy {
    private final List<ServiceRegistration<Connect>> registrations;
    private final List<ServiceRegistration<Metrics>> metrics;

    /// The component's settings.
    public @interface Settings {
        /// `--data-dir`.
        String dataDir() default "/var/lib/rancher/k3s";

        /// `--flannel-external-ip`.
        boolean flannelExternalIp() default false;

        /// `--kube-apiserver-arg`, as `name=value`: those of [KubeletConnections].
        String[] kubeApiserverArg() default {};
    }

    /// Starts to serve.
    /// @throws IllegalArgumentException for a wrong argument, which the message names
    @Activate
    public NodeProxy(BundleContext context, Settings settings, @Reference ApiClient api, @Reference NodeDialer dialer,
            @Reference Health health) {
        KubeletConnections kubelets = KubeletConnections.of(Path.of(settings.dataDir(), "server", "tls"),
                settings.flannelExternalIp(), settings.kubeApiserverArg());
        RandomGenerator random = RandomGenerator.getDefault();
        Function<Exchange, Backends> backends = client -> new Backends(api, new ClientDialer(dialer, client),
                kubelets, random);
        Sessions sessions = Sessions.ofStreams();
        Sessions requests = Sessions.ofRequests(Runtime.getRuntime().maxMemory());
        List<Connect> connects = List.of(new PodLog(backends, requests), new PodStream("exec", backends, sessions),
                new PodStream("attach", backends, sessions), new PodStream("portforward", backends, sessions),
                new PathProxy(Backends.PODS, backends, requests), new PathProxy(Backends.SERVICES, backends, requests),
                new PathProxy(Backends.NODES, backends, requests));
        registrations = connects.stream().map(c -> context.registerService(Connect.class, c, null)).toList();
        metrics = Stream.of(sessions, requests).map(s -> context.registerService(Metrics.class, s, null)).toList();
        health.scope("node-proxy").ok();
    }

    /// Withdraws the services.
    @Deactivate
    void stop() {
        metrics.forEach(ServiceRegistration::unregister);
        registrations.forEach(ServiceRegistration::unregister);
    }
}
