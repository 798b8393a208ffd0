package io.k3j.kubeletconfig;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.file.Path;
import java.util.List;

/// The `KubeletConfiguration` K3s gives its kubelet, `00-k3s-defaults.conf`: what `defaultKubeletConfig` of
/// <https://github.com/k3s-io/k3s/blob/main/pkg/daemons/agent/agent.go> makes.
///
/// @param dataDir the data directory
/// @param nodeIps `--node-ip`; the first one's family is that of `healthzBindAddress`
/// @param clusterDns the cluster's DNS; empty while it is not known
/// @param clusterDomain as `cluster.local`; empty while it is not known
/// @param resolvConf the file pods' names are resolved by; empty while it is not known
/// @param nodeTaints `--node-taint`
public record KubeletDefaults(Path dataDir, List<String> nodeIps, List<String> clusterDns, String clusterDomain,
        String resolvConf, List<String> nodeTaints) {
    /// `apiVersion` of the files.
    public static final String API_VERSION = "kubelet.config.k8s.io/v1beta1";
    /// `kind` of the files.
    public static final String KIND = "KubeletConfiguration";

    /// Copies the lists.
    public KubeletDefaults {
        nodeIps = List.copyOf(nodeIps);
        clusterDns = List.copyOf(clusterDns);
        nodeTaints = List.copyOf(nodeTaints);
    }

    /// The object. What is not known is null, so that a merge takes it from files before.
    public Struct object() {
        boolean six = nodeIps.stream().limit(1).anyMatch(ip -> ip.contains(":"));
        return Struct.builder().put("apiVersion", API_VERSION).put("kind", KIND)
                .put("address", six ? "::" : "0.0.0.0").put("authentication", authentication())
                .put("authorization", Struct.of("mode", "Webhook", "webhook",
                        Struct.of("cacheAuthorizedTTL", "5m0s", "cacheUnauthorizedTTL", "30s")))
                .put("cgroupDriver", "cgroupfs")
                .put("clusterDNS", clusterDns.isEmpty() ? Null.NULL : Seq.copyOf(clusterDns))
                .put("clusterDomain", known(clusterDomain)).put("cpuManagerReconcilePeriod", "10s")
                .put("evictionHard", Struct.of("imagefs.available", "5%", "nodefs.available", "5%"))
                .put("evictionMinimumReclaim", Struct.of("imagefs.available", "10%", "nodefs.available", "10%"))
                .put("evictionPressureTransitionPeriod", "5m0s").put("failSwapOn", false)
                .put("fileCheckFrequency", "20s").put("healthzBindAddress", six ? "::1" : "127.0.0.1")
                .put("httpCheckFrequency", "20s").put("imageMaximumGCAge", "0s").put("imageMinimumGCAge", "2m0s")
                .put("logging", Struct.of("flushFrequency", "5s", "format", "text", "verbosity", 0))
                .put("nodeStatusReportFrequency", "5m0s").put("nodeStatusUpdateFrequency", "10s")
                .put("registerWithTaints", taints())
                .put("resolvConf", known(resolvConf)).put("runtimeRequestTimeout", "2m0s")
                .put("serializeImagePulls", false).put("shutdownGracePeriod", "0s")
                .put("shutdownGracePeriodCriticalPods", "0s").put("staticPodPath", agent("pod-manifests"))
                .put("streamingConnectionIdleTimeout", "4h0m0s").put("syncFrequency", "1m0s")
                .put("tlsCertFile", agent("serving-kubelet.crt")).put("tlsPrivateKeyFile", agent("serving-kubelet.key"))
                .put("volumeStatsAggPeriod", "1m0s").build();
    }

    private Struct authentication() {
        return Struct.of("anonymous", Struct.of("enabled", false), "webhook",
                Struct.of("cacheTTL", "2m0s", "enabled", true), "x509", Struct.of("clientCAFile",
                        agent("client-ca.crt")));
    }

    private Object taints() {
        return nodeTaints.isEmpty() ? Null.NULL : FieldType.TAINTS.value(String.join(",", nodeTaints));
    }

    private String agent(String file) {
        return dataDir.resolve("agent").resolve(file).toString();
    }

    private static Object known(String text) {
        return text.isEmpty() ? Null.NULL : text;
    }
}
