package io.k3j.localstorage;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.kubeletclient.ComponentCertificate;
import io.k3j.kubeletclient.KubeletClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Runs the provisioner on the server that leads.
@Component(service = {}, configurationPid = "io.k3j.localstorage", configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.k3s)")
public final class LocalStorage {
    private final ControllerContext context;
    private final KubeletClient nodes;

    /// The component's settings.
    public @interface Settings {
        /// `--data-dir`.
        String dataDir() default "/var/lib/rancher/k3s";

        /// `--flannel-external-ip`.
        boolean flannelExternalIp() default false;
    }

    /// Starts the loops.
    @Activate
    public LocalStorage(Settings settings, @Reference ApiClient api, @Reference NodeDialer dialer,
            @Reference Health health) {
        HealthScope scope = health.scope("local-storage");
        TimeSource clock = TimeSource.system();
        nodes = new KubeletClient(dialer, new ComponentCertificate(KubeletDirectories.USER,
                Path.of(settings.dataDir(), "server", "tls"), clock, new SecureRandom()), KubeletDirectories.LIMIT,
                settings.flannelExternalIp());
        context = new ControllerContext(api.leading(Candidate.SERVER), clock);
        Provisioner.add(context, new KubeletDirectories(nodes));
        context.run("local-storage", health, trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
    }

    /// Stops within five seconds; volumes and directories stay as they are.
    @Deactivate
    public void stop() {
        nodes.close();
        context.close();
    }
}
