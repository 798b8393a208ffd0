package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// A loop of a component runs in a `SupervisedLoop`, which says when it has ended and begins it anew. Who starts a
/// thread without one is named here with the reason why its end is none that goes unnoticed.
class ThreadsTest {
    private static final String ROOT = "io.k3j.";
    private static final Map<String, Set<String>> WITHOUT = Map.of(
            "ends with a connection, a session or a request, which end with it",
            Set.of("agent.LoadBalancer", "agent.Race", "agent.SupervisorClient",
                    "aggregator.BackendConnections", "aggregator.BodySender", "apiserver.Pipeline",
                    "apiwatches.RemoteWatch", "apiwatches.WatchSocket",
                    "clienthttp.Connection", "clusterdns.Listeners",
                    "clusterdns.UdpListener", "console.ClientLines", "console.ConsoleSocket", "edge.Handshake",
                    "edge.HttpExchange", "edge.Ports", "embeddedregistry.PeerClient", "jetcd.Lines",
                    "kubeletdra.HealthWatches", "kubeletserver.Streams", "kubeletserver.SystemdJournal",
                    "kubectl.Exec", "kubeletclient.KubeletClient", "kubeletclient.SwitchedProtocols",
                    "kubeletclient.TlsChannel", "componentbase.HttpPort", "nodeproxy.LogSocket", "nodeproxy.Relay",
                    "streaming.FrameChannel", "streaming.GrpcServer", "streaming.GrpcServerConnection",
                    "streaming.RemoteCommand",
                    "streaming.SpdyClient", "streaming.TunnelRelay", "streaming.TunnelSession",
                    "webhookclient.KubeconfigClient", "webhookclient.WebhookClient"),
            "one task, whose outcome somebody waits for or asks for again",
            Set.of("admissionwebhooks.ValidatingWebhooks", "aggregator.DiscoveryAttempts", "audit.WebhookSender",
                    "authoidc.DistributedClaims", "authoidc.RemoteKeySet",
                    "apicontributions.PluginCalls", "apirequests.ListWriter", "apiwatches.WatchHub",
                    "childprocess.Command", "componentbase.ActivationWatch", "componentbase.KernelCalls",
                    "componentbase.LimitedCalls",
                    "controllerkit.LiveView", "controllerkit.SlowStart",
                    "cricontainerd.CriContainerd", "durablefiles.DurableFiles",
                    "encryptionproviders.DataKeys",
                    "embeddedregistry.Announcements", "embeddedregistry.Holders",
                    "etcdmember.RevisionBump", "features.Bounded", "gogo.ShellSession", "jetcd.Line",
                    "kubeletimages.Images",
                    "kubelet.ContainerKiller", "kubelet.LogRotation",
                    "kubeletvolumes.VolumePreparation", "kubeletvolumes.VolumeStats",
                    "kubelet.PodWorkers", "probes.Attempt", "probes.HookCall",
                    "probes.Probes",
                    "ingress.IngressServer", "leases.LeaderCallbacks", "metricsserver.Rounds",
                    "nodefiles.Mounts",
                    "podstatus.StatusWriter",
                    "scheduler.Scheduler", "secretsencryption.EncryptionRequests",
                    "servercredentials.Parallel",
                    "servercredentials.ServerIdentity", "serviceaddresses.ClaimCalls",
                    "supervisor.ClusterAdmission", "supervisor.DeferredChecks",
                    "watchcache.ReadAhead"),
            "says STOPPED itself, or ends the process by Abort",
            Set.of("agent.AgentStartup", "apiserver.Startup", "etcdmember.EtcdMember", "features.Features",
                    "sqllog.LogStart",
                    "sqllog.LogWriter", "supervisor.ServerStartup"),
            "one per pod: whatever a step throws, the next one is taken", Set.of("kubelet.PodWorker"),
            "the loop itself", Set.of("componentbase.SupervisedLoop"));

    private final JavaClasses classes = Imported.CLASSES;

    @Test
    void noLoopEndsUnnoticed() {
        Set<String> starting = new TreeSet<>();
        for (JavaClass type : classes) {
            String name = name(type);
            boolean ours = !Rooms.PROCESS.contains(name.substring(0, name.indexOf('.')));
            if (ours && type.getAccessesFromSelf().stream().anyMatch(ThreadsTest::startsThread)) {
                starting.add(name);
            }
        }
        Set<String> named = WITHOUT.values().stream().flatMap(Set::stream)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(starting).as("start a SupervisedLoop instead of a thread, or say in this test why not")
                .isEqualTo(named);
    }

    private static boolean startsThread(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        String called = access.getName();
        return owner.equals("java.lang.Thread")
                && Set.of("ofVirtual", "ofPlatform", "startVirtualThread", "<init>").contains(called)
                || owner.equals("java.util.concurrent.Executors") && called.startsWith("new");
    }

    /// Room and outermost class.
    private static String name(JavaClass type) {
        String name = type.getName().substring(ROOT.length());
        int inner = name.indexOf('$');
        return inner < 0 ? name : name.substring(0, inner);
    }
}
