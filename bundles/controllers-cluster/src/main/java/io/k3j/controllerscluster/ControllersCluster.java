package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Desk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Runs the cluster controllers while this server holds their lease.
@Component(service = {}, configurationPid = "io.k3j.controllerscluster",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.kube-controller-manager)")
public final class ControllersCluster {
    private final Desk desk;
    private final GarbageViews garbage;

    /// Starts the loops; they begin when their views have told what is present.
    @Activate
    public ControllersCluster(Settings settings, @Reference ApiClient api, @Reference Health health) {
        HealthScope scope = health.scope("controllers-cluster");
        desk = new Desk(api.leading(Candidate.CONTROLLERS), TimeSource.system());
        garbage = add(desk, settings);
        desk.run("controllers-cluster", health, trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
    }

    private static GarbageViews add(Desk desk, Settings settings) {
        Path authority = Path.of(settings.dataDir(), "server", "tls", "server-ca.crt");
        Namespaces.add(desk);
        ServiceAccounts.add(desk);
        RootCa.add(desk, () -> read(authority));
        TokenSecrets.add(desk, () -> read(authority));
        EndpointSlices.add(desk);
        EndpointsObjects.add(desk);
        EndpointsMirror.add(desk);
        JobTtl.add(desk);
        Disruptions.add(desk);
        NodeLifecycle.add(desk);
        TaintEviction.add(desk);
        PodGarbage.add(desk);
        Protection.add(desk);
        VolumeBinder.add(desk);
        NodeIpam.add(desk, ranges(settings.clusterCidr()));
        return Garbage.add(desk);
    }

    private static List<String> ranges(String... flags) {
        List<String> all = new ArrayList<>();
        for (String flag : flags) {
            all.addAll(List.of(flag.split(",")));
        }
        return all;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the server's CA certificate " + file, e);
        }
    }

    /// Stops work within five seconds and leaves every object as it is.
    @Deactivate
    public void stop() {
        garbage.close();
        desk.close();
    }
}
