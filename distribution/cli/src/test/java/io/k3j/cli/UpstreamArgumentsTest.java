package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.launcher.LaunchPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Arguments of Kubernetes' components: what is done with those that nothing acts on, and which values of others are
/// taken.
class UpstreamArgumentsTest {
    @TempDir
    private Path directory;
    private final List<String> warnings = new ArrayList<>();
    private Path config;

    @BeforeEach
    void emptyConfiguration() throws IOException {
        config = Files.writeString(directory.resolve("config.yaml"), "");
    }

    private LaunchPlan plan(String... arguments) {
        Host host = new Host("node-1", true, "/root", List.of("192.0.2.7"), List.of(),
                Instant.parse("2026-01-01T00:00:00Z"), Map.of("K3S_CONFIG_FILE", config.toString()), directory,
                line -> {
                    throw new IOException(line.getFirst());
                });
        return PlanBuilder.build("server", List.of(arguments), host, warnings);
    }

    static List<UpstreamArguments.Line> idle() {
        return UpstreamArguments.every().stream().filter(UpstreamArguments.Line::taken).toList();
    }

    static List<UpstreamArguments.Line> refused() {
        return UpstreamArguments.every().stream().filter(line -> !line.taken()).toList();
    }

    private static String typed(UpstreamArguments.Line line) {
        return "--" + line.flag() + "=" + line.argument() + (line.argument().contains("=") ? "" : "=17");
    }

    @ParameterizedTest
    @MethodSource("idle")
    void whatHasNoEffectIsTakenWithAWarning(UpstreamArguments.Line line) {
        plan(typed(line));
        assertThat(warnings).containsExactly(typed(line) + " (command line) has no effect: " + line.why());
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatHasToBeSaidOtherwiseIsRefusedWithWhatToType(UpstreamArguments.Line line) {
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan(typed(line)))
                .withMessage(typed(line) + " (command line) is not taken by K3j: " + line.why());
    }

    @Test
    void eachIsWarnedOfWhereItStands() throws IOException {
        Files.writeString(config, "kube-proxy-arg:\n- --ipvs-strict-arp\n- masquerade-all=true\n"
                + "- ipvs-scheduler=lc\n");
        plan();
        assertThat(warnings).hasSize(2)
                .anyMatch(warning -> warning.startsWith("--kube-proxy-arg=ipvs-strict-arp (" + config + ":"))
                .anyMatch(warning -> warning.startsWith("--kube-proxy-arg=ipvs-scheduler=lc (" + config + ":"));
    }

    @Test
    void noneIsActedOnAsWell() {
        for (UpstreamArguments.Line line : UpstreamArguments.every()) {
            Flag flag = Flags.of("server").named(line.flag()).orElseThrow();
            assertThat(flag.arguments()).isTrue();
            assertThat(((Flag.State.Only) flag.state()).values()).as(line.flag()).doesNotContain(line.argument());
        }
        assertThat(UpstreamArguments.every()).extracting(line -> line.flag() + "=" + line.argument())
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kube-apiserver-arg=storage-media-type=application/json",
            "kube-apiserver-arg=endpoint-reconciler-type=lease", "kube-apiserver-arg=etcd-prefix=/registry",
            "kube-apiserver-arg=disable-http2-serving=false",
            "kube-apiserver-arg=kubelet-preferred-address-types=ExternalIP,InternalIP",
            "kube-controller-manager-arg=controllers=*,tokencleaner",
            "kube-controller-manager-arg=controllers=*,tokencleaner,-service,-route,-cloud-node-lifecycle",
            "kube-controller-manager-arg=resource-quota-sync-period=1m",
            "kube-controller-manager-arg=authentication-token-webhook-cache-ttl=0s",
            "kube-controller-manager-arg=leader-elect-resource-lock=leases",
            "kube-controller-manager-arg=leader-elect-resource-name=kube-controller-manager",
            "kube-controller-manager-arg=enable-hostpath-provisioner=false",
            "kube-controller-manager-arg=enable-leader-migration=false",
            "kube-controller-manager-arg=disable-attach-detach-reconcile-sync=false",
            "kube-controller-manager-arg=disable-http2-serving=false",
            "kube-controller-manager-arg=leader-elect-resource-namespace=kube-system",
            "kube-controller-manager-arg=logging-format=json", "kube-scheduler-arg=logging-format=text",
            "kube-scheduler-arg=leader-elect-resource-lock=leases",
            "kube-scheduler-arg=leader-elect-resource-name=kube-scheduler",
            "kube-scheduler-arg=leader-elect-resource-namespace=kube-system",
            "kube-scheduler-arg=disable-http2-serving=false",
            "kube-scheduler-arg=authorization-webhook-cache-authorized-ttl=1m",
            "kube-scheduler-arg=authorization-webhook-cache-unauthorized-ttl=1m",
            "kubelet-arg=enable-debugging-handlers=false", "kubelet-arg=fail-cgroupv1",
            "kubelet-arg=rotate-server-certificates=false", "kubelet-arg=runtime-request-timeout=15m",
            "kubelet-arg=cpu-manager-reconcile-period=5s", "kubelet-arg=file-check-frequency=20s",
            "kubelet-arg=maximum-dead-containers-per-container=2", "kubelet-arg=maximum-dead-containers=-1",
            "kubelet-arg=address=0.0.0.0", "kubelet-arg=address=::", "kubelet-arg=enable-server",
            "kubelet-arg=register-node=true", "kubelet-arg=runonce=false", "kubelet-arg=contention-profiling=false",
            "kubelet-arg=local-storage-capacity-isolation=true", "kubelet-arg=kernel-memcg-notification=false",
            "kubelet-arg=cpu-cfs-quota-period=100ms", "kubelet-arg=hairpin-mode=hairpin-veth",
            "kubelet-arg=hairpin-mode=promiscuous-bridge",
            "kube-proxy-arg=logging-format=json", "kube-proxy-arg=feature-gates=NodeSwap=true",
            "kube-proxy-arg=healthz-port=10256", "kube-proxy-arg=metrics-port=10249",
            "kube-proxy-arg=iptables-min-sync-period=10s", "kube-proxy-arg=iptables-localhost-nodeports=false",
            "kube-proxy-arg=bind-address=0.0.0.0", "kube-proxy-arg=bind-address=::",
            "kube-proxy-arg=bind-address-hard-fail=false", "kube-proxy-arg=detect-local-mode=ClusterCIDR",
            "kube-proxy-arg=profiling=false"})
    void whatIsActedOnOrIsSoAnywayIsTakenWithoutAWarning(String argument) {
        assertThat(plan("--" + argument).settings()).isNotEmpty();
        assertThat(warnings).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "kube-controller-manager-arg=controllers=*,-nodeipam|controllers are not switched on or off one by one",
            "kube-controller-manager-arg=controllers=tokencleaner|not switched on or off one by one",
            "kube-controller-manager-arg=resource-quota-sync-period=0s|must be a duration longer than zero; try ",
            "kube-scheduler-arg=authentication-token-webhook-cache-ttl=-1s|must be a duration, not below zero; try ",
            "kube-apiserver-arg=kubelet-preferred-address-types=Anything|Anything is no type of address; write some of",
            "kube-apiserver-arg=kubelet-client-certificate=/no/such|needs --kube-apiserver-arg=kubelet-client-key",
            "kube-apiserver-arg=kubelet-certificate-authority=/no/such|cannot read /no/such given by --kube-apiserver",
            "kube-apiserver-arg=service-account-key-file=/no/such|cannot read /no/such given by --kube-apiserver",
            "kube-apiserver-arg=service-account-signing-key-file=/no/such|cannot read /no/such given by",
            "kube-apiserver-arg=storage-media-type=application/yaml|leave it out or use storage-media-type=",
            "kubelet-arg=tls-cert-file=/no/such|needs --kubelet-arg=tls-private-key-file beside it",
            "kubelet-arg=runtime-request-timeout=soon|must be a duration longer than zero; try ",
            "kubelet-arg=hairpin-mode=none|leave it out or use hairpin-mode=promiscuous-bridge or hairpin-mode=hairpin",
            "kube-proxy-arg=feature-gates=X=true|--kube-proxy-arg=feature-gates: unrecognized feature gate: X",
            "kube-proxy-arg=iptables-localhost-nodeports=true|leave it out or use iptables-localhost-nodeports=false"})
    void wrongValuesAreToldBeforeAnythingStarts(String argument, String part) {
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan("--" + argument))
                .withMessageContaining(part);
    }

    /// They are made by the first start.
    @Test
    void filesOfK3sNeedNotBeThereYet() {
        Path tls = directory.resolve("data/server/tls");
        assertThat(plan("--data-dir=" + directory.resolve("data"),
                "--kube-apiserver-arg=kubelet-client-certificate=" + tls.resolve("client-kube-apiserver.crt"),
                "--kube-apiserver-arg=kubelet-client-key=" + tls.resolve("client-kube-apiserver.key"),
                "--kube-apiserver-arg=kubelet-certificate-authority=" + tls.resolve("server-ca.crt"),
                "--kube-apiserver-arg=service-account-key-file=" + tls.resolve("service.key"),
                "--kubelet-arg=tls-cert-file=" + directory.resolve("data/agent/serving-kubelet.crt"),
                "--kubelet-arg=tls-private-key-file=" + directory.resolve("data/agent/serving-kubelet.key"))
                .settings()).isNotEmpty();
    }

    @Test
    void filesOfTheOperatorAreTaken() throws IOException {
        Path certificate = Files.writeString(directory.resolve("mine.crt"), "");
        Path key = Files.writeString(directory.resolve("mine.key"), "");
        assertThat((String[]) plan("--kubelet-arg=tls-cert-file=" + certificate,
                "--kubelet-arg=tls-private-key-file=" + key, "--kube-apiserver-arg=kubelet-client-certificate="
                        + certificate,
                "--kube-apiserver-arg=kubelet-client-key=" + key,
                "--kube-apiserver-arg=service-account-signing-key-file=" + key).settings().get("kubeletArg"))
                .containsExactly("tls-cert-file=" + certificate, "tls-private-key-file=" + key);
    }

    @Test
    void patternsOfAComponentAreThoseOfTheProcess() {
        assertThat(plan("--kubelet-arg=vmodule=edge=4,kubelet=3", "--kube-scheduler-arg=v=2", "--vmodule=edge=5")
                .settings()).containsEntry("vmodule", "scheduler=2,edge=4,kubelet=3,edge=5")
                .doesNotContainKey("kubeletArg");
    }
}
