package io.k3j.kubeletconfig;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What files of a kubelet become, and what is said of those that are wrong.
class KubeletArgumentsTest {
    private static final String HEAD = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";
    @TempDir
    private Path home;

    private Path file(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Path dropIn(String name, String text) throws IOException {
        return file("agent/etc/kubelet.conf.d/" + name, HEAD + text);
    }

    private KubeletDefaults defaults() {
        return new KubeletDefaults(home, List.of("192.0.2.7"), List.of("10.43.0.10"), "cluster.local",
                "/etc/resolv.conf", List.of());
    }

    private KubeletArguments read(String... arguments) {
        return KubeletArguments.read(KubeletConfigDirectory.of(home, List.of(arguments)), defaults());
    }

    @Test
    void nothingIsSaidWithoutFiles() {
        assertThat(read()).isEqualTo(new KubeletArguments(List.of(), List.of(), List.of()));
    }

    @Test
    void fieldsBecomeArguments() throws IOException {
        dropIn("50-mine.conf", """
                maxPods: 50
                clusterDNS: [169.254.20.10, 10.43.0.10]
                evictionSoft: {memory.available: 200Mi}
                evictionSoftGracePeriod: {memory.available: 1m30s}
                kubeReserved: {cpu: 250m, memory: 256Mi}
                systemReserved: {memory: 1Gi}
                reservedSystemCPUs: 0-1
                enforceNodeAllocatable: [none]
                nodeStatusMaxImages: -1
                nodeStatusUpdateFrequency: 4s
                shutdownGracePeriod: 60s
                shutdownGracePeriodCriticalPods: 10s
                shutdownGracePeriodByPodPriority:
                - {priority: 1000, shutdownGracePeriodSeconds: 60}
                - {priority: 0, shutdownGracePeriodSeconds: 30}
                logging: {format: json}
                makeIPTablesUtilChains: false
                cpuManagerPolicy: static
                topologyManagerPolicy: restricted
                topologyManagerScope: pod
                cpuManagerPolicyOptions: {full-pcpus-only: "true"}
                topologyManagerPolicyOptions: {prefer-closest-numa-nodes: "true"}
                memoryManagerPolicy: Static
                reservedMemory:
                - {numaNode: 0, limits: {memory: 1Gi, hugepages-2Mi: 4Mi}}
                - {numaNode: 1, limits: {memory: 256Mi}}
                registerWithTaints:
                - {key: dedicated, value: db, effect: NoSchedule}
                - {key: gpu, effect: NoExecute}
                tlsCipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
                """);
        assertThat(read().arguments()).containsExactlyInAnyOrder("max-pods=50", "cluster-dns=169.254.20.10,10.43.0.10",
                "eviction-soft=memory.available<200Mi", "eviction-soft-grace-period=memory.available=1m30s",
                "kube-reserved=cpu=250m,memory=256Mi", "system-reserved=memory=1Gi", "reserved-cpus=0-1",
                "enforce-node-allocatable=none", "node-status-max-images=-1", "node-status-update-frequency=4s",
                "shutdown-grace-period=60s", "shutdown-grace-period-critical-pods=10s",
                "shutdown-grace-period-by-pod-priority=1000=60,0=30",
                "logging-format=json", "make-iptables-util-chains=false", "cpu-manager-policy=static",
                "topology-manager-policy=restricted", "topology-manager-scope=pod",
                "cpu-manager-policy-options=full-pcpus-only=true",
                "topology-manager-policy-options=prefer-closest-numa-nodes=true", "memory-manager-policy=Static",
                "reserved-memory=0:memory=1Gi,hugepages-2Mi=4Mi;1:memory=256Mi",
                "register-with-taints=dedicated=db:NoSchedule,gpu:NoExecute",
                "tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    }

    @Test
    void fieldsOfCertificatesAndOfIntervalsBecomeArguments() throws IOException {
        dropIn("50-mine.conf", """
                tlsCertFile: /etc/mine.crt
                tlsPrivateKeyFile: /etc/mine.key
                fileCheckFrequency: 5s
                httpCheckFrequency: 5s
                cpuManagerReconcilePeriod: 30s
                runtimeRequestTimeout: 15m
                rotateCertificates: true
                serverTLSBootstrap: true
                failCgroupV1: true
                enableDebuggingHandlers: false
                """);
        assertThat(read()).isEqualTo(new KubeletArguments(List.of("file-check-frequency=5s",
                "tls-cert-file=/etc/mine.crt", "tls-private-key-file=/etc/mine.key", "enable-debugging-handlers=false",
                "cpu-manager-reconcile-period=30s", "runtime-request-timeout=15m", "fail-cgroupv1=true"), List.of(),
                List.of()));
    }

    @Test
    void whatFilesAloneSayIsAnArgumentToo() throws IOException {
        dropIn("50-mine.conf", """
                nodeStatusReportFrequency: 1m
                nodeLeaseDurationSeconds: 60
                memorySwap: {swapBehavior: LimitedSwap}
                singleProcessOOMKill: true
                crashLoopBackOff: {maxContainerRestartPeriod: 30s}
                containerLogMonitorInterval: 5s
                cpuCFSQuota: false
                oomScoreAdj: -500
                enableSystemLogQuery: true
                userNamespaces: {idsPerPod: 131072}
                registryPullQPS: 0
                imagePullCredentialsVerificationPolicy: NeverVerifyAllowlistedImages
                preloadedImagesVerificationAllowlist: [docker.io/library/a, b.example/*]
                imageServiceEndpoint: unix:///run/images.sock
                """);
        assertThat(read().arguments()).containsExactlyInAnyOrder("node-status-report-frequency=1m",
                "node-lease-duration-seconds=60", "swap-behavior=LimitedSwap", "single-process-oom-kill=true",
                "max-container-restart-period=30s", "container-log-monitor-interval=5s", "cpu-cfs-quota=false",
                "oom-score-adj=-500", "enable-system-log-query=true", "user-namespaces-ids-per-pod=131072",
                "registry-qps=0", "image-pull-credentials-verification-policy=NeverVerifyAllowlistedImages",
                "preloaded-images-verification-allowlist=docker.io/library/a,b.example/*",
                "image-service-endpoint=unix:///run/images.sock");
    }

    @Test
    void filesAreLaidOverEachOtherByTheirNames() throws IOException {
        dropIn("90-last.conf", "imageGCHighThresholdPercent: 70\n");
        dropIn("50-b.conf", "maxPods: 60\nimageGCHighThresholdPercent: 90\n");
        dropIn("50-a.conf", "maxPods: 50\npodPidsLimit: 100\n");
        dropIn("60-more/10.conf", "podPidsLimit: 200\n");
        dropIn("95-not.yaml", "maxPods: 1\n");
        assertThat(read().arguments()).containsExactlyInAnyOrder("max-pods=60", "image-gc-high-threshold=70",
                "pod-max-pids=200");
    }

    @Test
    void mapsAreMergedWithTheDefaultsListsAreReplacedAndNullRemoves() throws IOException {
        dropIn("50.conf", """
                evictionHard: {memory.available: 100Mi, nodefs.available: null}
                allowedUnsafeSysctls: [net.a, net.b]
                maxPods: 7
                """);
        dropIn("51.conf", "allowedUnsafeSysctls: [net.c]\nmaxPods: null\n");
        assertThat(read().arguments()).containsExactlyInAnyOrder(
                "eviction-hard=imagefs.available<5%,memory.available<100Mi", "allowed-unsafe-sysctls=net.c");
    }

    /// K3s' file lies among the others.
    @Test
    void theDefaultsPrevailOverFilesBeforeThem() throws IOException {
        dropIn("00-early.conf", "healthzBindAddress: 0.0.0.0\nhealthzPort: 1\n");
        assertThat(read().arguments()).containsExactly("healthz-port=1");
    }

    @Test
    void theFileAndTheDirectoryOfArgumentsLieWhereTheyAreCopiedTo() throws IOException {
        Path given = file("given.yaml", HEAD + "maxPods: 10\npodPidsLimit: 10\nimageGCHighThresholdPercent: 90\n");
        file("given.d/z.conf", HEAD + "podPidsLimit: 20\nimageGCHighThresholdPercent: 91\n");
        dropIn("15.conf", "maxPods: 15\n");
        dropIn("99.conf", "imageGCHighThresholdPercent: 99\n");
        assertThat(read("config=/not/the/last/one", "config=" + given, "config-dir=" + home.resolve("given.d"))
                .arguments()).containsExactlyInAnyOrder("max-pods=15", "pod-max-pids=20", "image-gc-high-threshold=99");
    }

    @Test
    void whatIsThereAnywayMayBeWritten() throws IOException {
        new KubeletConfigDirectoryTest().write(home, defaults());
        Path written = home.resolve("agent/etc/kubelet.conf.d/00-k3s-defaults.conf");
        Files.copy(written, written.resolveSibling("10-copy.conf"));
        dropIn("50.conf", """
                shutdownGracePeriod: 0s
                syncFrequency: 60s
                featureGates: {}
                iptablesMasqueradeBit: 7
                authentication: {anonymous: {enabled: false}}
                providerID: ""
                maxPods: 0
                imageMinimumGCAge: 0s
                nodeLeaseDurationSeconds: 0
                healthzBindAddress: ""
                """);
        assertThat(read()).isEqualTo(new KubeletArguments(List.of(), List.of(), List.of()));
    }

    @Test
    void featureGatesAreLaidOverEachOther() throws IOException {
        dropIn("50.conf", "featureGates: {ClusterTrustBundle: true, ClusterTrustBundleProjection: true}\n");
        dropIn("51.conf", "featureGates: {ClusterTrustBundleProjection: false}\n");
        assertThat(read().arguments())
                .containsExactly("feature-gates=ClusterTrustBundle=true,ClusterTrustBundleProjection=false");
    }

    @Test
    void aFieldThatIsNotKnownIsIgnoredWithAWarning() throws IOException {
        Path file = dropIn("50.conf", "maxPod: 5\nauthentication: {token: x}\nmaxPods: 6\n");
        KubeletArguments read = read();
        assertThat(read.arguments()).containsExactly("max-pods=6");
        assertThat(read.warnings()).containsExactly(
                file + ": unknown field maxPod is ignored; did you mean maxPods?",
                file + ": unknown field authentication.token is ignored");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "maxPods: many|: maxPods: \"many\" is not a whole number; write for example maxPods: 110",
            "maxPods: -1|: maxPods: -1 must be from 0 to 2147483647",
            "healthzPort: 65536|: healthzPort: 65536 must be from 0 to 65535",
            "clusterDNS: 10.0.0.1|: clusterDNS: \"10.0.0.1\" is not a list of texts",
            "evictionHard: {memory.available: 5}|: evictionHard: what is there is not names with texts, such as",
            "imageMinimumGCAge: 2|: imageMinimumGCAge: 2 is not a duration such as 1m30s; write for example",
            "runOnce: true|: runOnce=true is not supported yet by K3j; leave it out or write false",
            "shutdownGracePeriodByPodPriority: [{priority: 1}]|is not a list of priority and shutdownGrace",
            "featureGates: {NodeSwap: maybe}|: featureGates: what is there is not names with true or false",
            "authentication: {anonymous: {enabled: true}}|: authentication.anonymous.enabled=true is not supported yet",
            "authentication: false|: authentication: false is not a map of fields; write below it for example x509.",
            "authentication: {anonymous: true}|: authentication.anonymous: true is not a map of fields",
            "logging: [json]|: logging: a list is not a map of fields; write below it for example format",
            "`maxPods: 1\nmaxPods: 2`|keep one of them", "`maxPods: [`|is not a KubeletConfiguration: "})
    void aFileThatIsWrongIsNamed(String text, String why) throws IOException {
        Path file = dropIn("50.conf", text + "\n");
        assertThat(read().problems()).singleElement().asString().startsWith(file.toString()).contains(why);
    }

    @Test
    void anObjectThatIsNullSaysNothing() throws IOException {
        dropIn("50.conf", "logging: {format: json}\nauthentication: null\n");
        dropIn("51.conf", "logging: null\nmaxPods: 6\n");
        assertThat(read()).isEqualTo(new KubeletArguments(List.of("max-pods=6"), List.of(), List.of()));
    }

    @Test
    void filesSayWhatTheyAre() throws IOException {
        Path kind = file("agent/etc/kubelet.conf.d/1.conf", "maxPods: 5\n");
        Path empty = file("agent/etc/kubelet.conf.d/2.conf", "");
        assertThat(read("config=" + home.resolve("absent"), "config-dir=" + home.resolve("gone")).problems())
                .singleElement().asString().contains("cannot list", "gone");
        assertThat(read("config=" + home.resolve("absent")).problems()).containsExactlyInAnyOrder(
                kind + ": its first lines must be apiVersion: kubelet.config.k8s.io/v1beta1 and kind: "
                        + "KubeletConfiguration",
                empty + " is not a KubeletConfiguration: it is empty; correct it",
                home.resolve("absent") + " cannot be read: NoSuchFileException; write a KubeletConfiguration there or "
                        + "leave it out of --kubelet-arg");
    }

    @Test
    void aDirectoryInPlaceOfAFileIsToldAsSuch() {
        assertThat(read("config=" + home).problems()).containsExactly(home + " cannot be read: it is a directory; write"
                + " a KubeletConfiguration there or leave it out of --kubelet-arg");
    }

    @Test
    void whatARunningKubeletShowsIsWhatItWasGiven() {
        Struct shown = EffectiveConfiguration.of(defaults(), Map.of("max-pods", "50", "eviction-soft",
                "memory.available<200Mi", "cluster-dns", "169.254.20.10", "root-dir", "/r", "register-with-taints",
                "a=b:NoSchedule"));
        assertThat(shown.whole("maxPods", 0)).isEqualTo(50);
        assertThat(shown.struct("evictionSoft")).isEqualTo(Struct.of("memory.available", "200Mi"));
        assertThat(shown.struct("evictionHard").text("nodefs.available")).isEqualTo("5%");
        assertThat(shown.seq("clusterDNS")).isEqualTo(Seq.of("169.254.20.10"));
        assertThat(shown.seq("registerWithTaints"))
                .isEqualTo(Seq.of(Struct.of("key", "a", "value", "b", "effect", "NoSchedule")));
        assertThat(shown.text("shutdownGracePeriod")).isEqualTo("0s");
        assertThat(shown.whole("nodeLeaseDurationSeconds", 0)).isEqualTo(40);
        assertThat(shown.has("apiVersion") || shown.has("providerID")).isFalse();
    }
}
