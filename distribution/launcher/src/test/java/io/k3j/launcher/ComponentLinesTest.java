package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The lines that kube-bench and the checks of K3s' self-assessments look for in the log.
class ComponentLinesTest {
    private static final Map<String, Object> SETTINGS = Map.of("httpsListenPort", "6443", "bindAddress", "0.0.0.0",
            "serviceCidr", new String[] {"10.43.0.0/16"}, "clusterCidr", new String[] {"10.42.0.0/16"}, "nodeName",
            "node-1", "nodeIp", new String[] {"192.0.2.7", "2001:db8::7"}, "clusterDomain", "cluster.local");

    private static String lineWith(String bundle, String key, Object value) {
        Map<String, Object> settings = new HashMap<>(SETTINGS);
        settings.put(key, value);
        return new ComponentLines(new LaunchPlan("server", Path.of("/data"), settings, Set.of(), Map.of())).of(bundle)
                .orElseThrow();
    }

    private static String line(String bundle, String... given) {
        return lineWith(bundle, switch (bundle) {
            case "io.k3j.apiserver" -> "kubeApiserverArg";
            case "io.k3j.controllerscluster" -> "kubeControllerManagerArg";
            case "io.k3j.scheduler" -> "kubeSchedulerArg";
            case "io.k3j.kubelet" -> "kubeletArg";
            case "io.k3j.kubeproxy" -> "kubeProxyArg";
            default -> "kubeCloudControllerManagerArg";
        }, given);
    }

    @Test
    void theApiServersArgumentsAreThoseThatHold() {
        assertThat(line("io.k3j.apiserver")).startsWith("Running kube-apiserver --allow-privileged=true"
                + " --anonymous-auth=false --api-audiences=https://kubernetes.default.svc.cluster.local,k3s"
                + " --authorization-mode=Node,RBAC --bind-address=0.0.0.0"
                + " --client-ca-file=/data/server/tls/client-ca.crt")
                .contains(" --enable-admission-plugins=NodeRestriction ", " --profiling=false ", " --secure-port=6443 ",
                        " --kubelet-certificate-authority=/data/server/tls/server-ca.crt ",
                        " --service-account-key-file=/data/server/tls/service.key ",
                        " --service-cluster-ip-range=10.43.0.0/16 ")
                .doesNotContain("--encryption-provider-config", "--etcd-");
    }

    @Test
    void whatAnOperatorGivesTakesThePlaceOfWhatHoldsAnyway() {
        assertThat(line("io.k3j.apiserver", "enable-admission-plugins=NodeRestriction,EventRateLimit",
                "audit-log-maxage=30", "service-account-issuer=https://a.example",
                "service-account-issuer=https://b.example"))
                .contains(" --audit-log-maxage=30 ", " --enable-admission-plugins=NodeRestriction,EventRateLimit ",
                        " --service-account-issuer=https://a.example --service-account-issuer=https://b.example ")
                .doesNotContain("--service-account-issuer=https://kubernetes");
        assertThat(line("io.k3j.apiserver", "authentication-config=/a.yaml", "authorization-config=/b.yaml"))
                .doesNotContain("--anonymous-auth", "--authorization-mode");
        assertThat(line("io.k3j.scheduler", "contention-profiling", "config=/with blank.yaml"))
                .contains(" --config=\"/with blank.yaml\" --contention-profiling=true ");
    }

    @Test
    void encryptionAndEtcdAreToldWhereTheyAre() {
        assertThat(lineWith("io.k3j.apiserver", "secretsEncryption", true))
                .contains(" --encryption-provider-config=/data/server/cred/encryption-config.json"
                        + " --encryption-provider-config-automatic-reload=true ");
        assertThat(lineWith("io.k3j.apiserver", "managedEtcd", true))
                .contains(" --etcd-certfile=/data/server/tls/etcd/client.crt ",
                        " --etcd-servers=https://127.0.0.1:2379 ");
    }

    @Test
    void controllersAndSchedulerTellTheirPorts() {
        assertThat(line("io.k3j.controllerscluster", "terminated-pod-gc-threshold=10"))
                .startsWith("Running kube-controller-manager --allocate-node-cidrs=true --bind-address=127.0.0.1"
                        + " --cluster-cidr=10.42.0.0/16 ")
                .contains(" --profiling=false ", " --root-ca-file=/data/server/tls/server-ca.crt --secure-port=10257 ",
                        " --terminated-pod-gc-threshold=10 ",
                        " --tls-cert-file=/data/server/tls/kube-controller-manager/kube-controller-manager.crt ")
                .endsWith(" --use-service-account-credentials=true");
        assertThat(line("io.k3j.scheduler", "bind-address=0.0.0.0"))
                .startsWith("Running kube-scheduler --bind-address=0.0.0.0 --profiling=false --secure-port=10259 ");
        assertThat(line("io.k3j.cloudcontroller")).startsWith("Running cloud-controller-manager --cloud-provider=k3s ");
    }

    @Test
    void theNodesComponentsTellTheirs() {
        assertThat(line("io.k3j.kubelet", "max-pods=200", "config=/mine.yaml"))
                .startsWith("Running kubelet --anonymous-auth=false --authentication-token-webhook=true"
                        + " --authorization-mode=Webhook --client-ca-file=/data/agent/client-ca.crt"
                        + " --config-dir=/data/agent/etc/kubelet.conf.d ")
                .contains(" --max-pods=200 ", " --node-ip=192.0.2.7,2001:db8::7 ", " --read-only-port=0 ")
                .doesNotContain("/mine.yaml");
        assertThat(line("io.k3j.kubeproxy", "proxy-mode=ipvs"))
                .isEqualTo("Running kube-proxy --cluster-cidr=10.42.0.0/16 --healthz-bind-address=127.0.0.1"
                        + " --hostname-override=node-1 --kubeconfig=/data/agent/kubeproxy.kubeconfig"
                        + " --proxy-mode=nftables");
        assertThat(line("io.k3j.kubeproxy", "config=/proxy.yaml")).doesNotContain("--cluster-cidr");
    }

    @Test
    void anyOtherBundleIsNoComponent() {
        ComponentLines lines = new ComponentLines(
                new LaunchPlan("agent", Path.of("/data"), SETTINGS, Set.of(), Map.of()));
        assertThat(lines.of("io.k3j.console")).isEmpty();
        assertThat(lines.of(null)).as("a bundle without a symbolic name").isEmpty();
    }
}
