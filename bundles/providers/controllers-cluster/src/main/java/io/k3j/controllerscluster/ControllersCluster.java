package io.k3j.controllerscluster;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.apimachinery.GoDuration;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Candidate;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.FeatureGate;
import io.k3j.componentbase.FeatureGates;
import io.k3j.componenthelpers.ConcurrentSyncs;
import io.k3j.componenthelpers.EndpointsPerSlice;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.devicecontrollers.DeviceControllers;
import io.k3j.endpointcontrollers.EndpointControllers;
import io.k3j.volumecontrollers.VolumeControllers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;

/// Runs the cluster controllers while this server holds their Lease.
@Component(service = Metrics.class, immediate = true, configurationPid = "io.k3j.controllerscluster",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@SatisfyingConditionTarget("(osgi.condition.id=io.k3j.leader.kube-controller-manager)")
public final class ControllersCluster implements Metrics {
    /// The word of `--disable` with which the ConfigMap `coredns` and the Service `kube-dns` are the user's own.
    private static final String COREDNS = "coredns";
    private static final String TERMINATED_PODS = "terminated-pod-gc-threshold=";
    private static final String SIGNING_DURATION = "cluster-signing-duration=";
    private final ControllerContext context;
    private final GarbageViews garbage;

    /// Starts the loops; each begins when its views are synced.
    @Activate
    public ControllersCluster(ClusterControllersSettings settings, @Reference ApiClient api, @Reference Health health) {
        HealthScope scope = health.scope("controllers-cluster");
        context = new ControllerContext(api.leading(Candidate.CONTROLLERS), TimeSource.system())
                .workers(ConcurrentSyncs.byLoop(arguments(settings)::value));
        garbage = add(context, settings);
        context.run("controllers-cluster", health, trouble -> {
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        });
    }

    private static ComponentArguments arguments(ClusterControllersSettings settings) {
        return ComponentArguments.of("--kube-controller-manager-arg", settings.kubeControllerManagerArg());
    }

    /// All loops of this bundle; what deletes garbage sees.
    static GarbageViews add(ControllerContext context, ClusterControllersSettings settings) {
        Path authority = Path.of(settings.dataDir(), "server", "tls", "server-ca.crt");
        NamespaceController.add(context);
        DefaultServiceAccounts.add(context);
        RootCa.add(context, () -> read(authority));
        TokenSecrets.add(context, () -> read(authority));
        TokenCleaner.add(context);
        LegacyTokenCleaner.add(context, settings.kubeControllerManagerArg());
        FeatureGates gates = FeatureGates.of("--kube-controller-manager-arg", settings.kubeControllerManagerArg());
        if (gates.enabled(FeatureGate.CLUSTER_TRUST_BUNDLE)) {
            TrustBundlePublisher.add(context, () -> read(authority));
        }
        if (gates.enabled(FeatureGate.POD_CERTIFICATE_REQUEST)) {
            PodCertificateCleaner.add(context);
        }
        EndpointControllers.add(context, EndpointsPerSlice.of(arguments(settings)::value));
        JobTtl.add(context);
        Disruptions.add(context);
        StaleDisruptions.add(context);
        NodeLifecycle.add(context, NodeMonitoring.of(settings.kubeControllerManagerArg()));
        TaintEviction.add(context);
        NodeTtl.add(context);
        PodGarbageCollector.add(context, terminatedPods(settings.kubeControllerManagerArg()));
        VolumeControllers.add(context, settings.kubeControllerManagerArg());
        DeviceControllers.add(context);
        addSigners(context, settings);
        NodeIpam.add(context, split(settings.clusterCidr()), settings.kubeControllerManagerArg());
        ServiceCidrs.add(context);
        if (!List.of(settings.disable()).contains(COREDNS)) {
            NodeHosts.add(context);
            DnsService.add(context, split(settings.clusterDns()));
        }
        return GarbageCollector.add(context);
    }

    private static void addSigners(ControllerContext context, ClusterControllersSettings settings) {
        CertificateSigner.add(context, new CertificateSigner.Signing(
                new ClusterAuthorities(Path.of(settings.dataDir(), "server", "tls")), signingDuration(settings),
                new SecureRandom()));
        CertificateApprover.add(context);
        CertificateCleaner.add(context);
    }

    private static Duration signingDuration(ClusterControllersSettings settings) {
        Duration duration = Duration.ofDays(365);
        for (String arg : settings.kubeControllerManagerArg()) {
            duration = arg.startsWith(SIGNING_DURATION) ? GoDuration.parse(arg.substring(SIGNING_DURATION.length()))
                    : duration;
        }
        return duration;
    }

    /// How many finished pods stay, by `terminated-pod-gc-threshold`.
    ///
    /// @throws IllegalArgumentException naming the argument
    static int terminatedPods(String... arguments) {
        int threshold = PodGarbageCollector.MAX_FINISHED;
        for (String argument : arguments) {
            if (argument.startsWith(TERMINATED_PODS)) {
                String given = argument.substring(TERMINATED_PODS.length());
                try {
                    threshold = Integer.parseInt(given);
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException("--kube-controller-manager-arg=" + TERMINATED_PODS + given
                            + " is not a whole number such as 12500 (0 for all finished pods to stay)", e);
                }
            }
        }
        return threshold;
    }

    private static List<String> split(String... flags) {
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

    @Override
    public String text() {
        return context.metrics();
    }

    /// Stops within five seconds; objects stay as they are.
    @Deactivate
    public void stop() {
        garbage.close();
        context.close();
    }
}
