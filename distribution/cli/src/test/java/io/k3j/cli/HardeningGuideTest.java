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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The configuration of K3s' hardening guide (<https://docs.k3s.io/security/hardening-guide>), taken as it is, and the
/// arguments its self-assessments look for.
class HardeningGuideTest {
    private static final Map<String, String> KERNEL = Map.of("vm/overcommit_memory", "1", "vm/panic_on_oom", "0",
            "kernel/panic", "10", "kernel/panic_on_oops", "1", "kernel/keys/root_maxkeys", "1000000",
            "kernel/keys/root_maxbytes", "25000000");
    @TempDir
    private Path directory;
    private final List<String> warnings = new ArrayList<>();

    private LaunchPlan plan(String configuration, String... arguments) throws IOException {
        Path config = Files.writeString(directory.resolve("config.yaml"), configuration);
        for (Map.Entry<String, String> setting : KERNEL.entrySet()) {
            Path file = directory.resolve("sys").resolve(setting.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, setting.getValue());
        }
        Host host = new Host("node-1", true, "/root", List.of("192.0.2.7"), List.of(),
                Instant.parse("2026-01-01T00:00:00Z"), Map.of("K3S_CONFIG_FILE", config.toString()),
                directory.resolve("sys"), line -> {
                    throw new IOException(line.getFirst());
                });
        return PlanBuilder.build("server", List.of(arguments), host, warnings);
    }

    private String guide() throws IOException {
        Path server = Files.createDirectories(directory.resolve("server"));
        Files.writeString(server.resolve("psa.yaml"), "");
        Files.writeString(server.resolve("audit.yaml"), "");
        return """
                protect-kernel-defaults: true
                secrets-encryption: true
                kube-apiserver-arg:
                  - 'admission-control-config-file=/var/lib/rancher/k3s/server/psa.yaml'
                  - 'audit-log-path=/var/lib/rancher/k3s/server/logs/audit.log'
                  - 'audit-policy-file=/var/lib/rancher/k3s/server/audit.yaml'
                  - 'audit-log-maxage=30'
                  - 'audit-log-maxbackup=10'
                  - 'audit-log-maxsize=100'
                  - 'request-timeout=300s'
                  - 'service-account-lookup=true'
                kube-controller-manager-arg:
                  - 'terminated-pod-gc-threshold=10'
                  - 'use-service-account-credentials=true'
                kubelet-arg:
                  - 'streaming-connection-idle-timeout=5m'
                  - 'make-iptables-util-chains=true'
                """.replace("/var/lib/rancher/k3s/server", server.toString());
    }

    @Test
    void itsConfigurationIsTakenAsItIs() throws IOException {
        LaunchPlan plan = plan(guide());
        assertThat(warnings).isEmpty();
        assertThat((String[]) plan.settings().get("kubeControllerManagerArg"))
                .containsExactly("terminated-pod-gc-threshold=10", "use-service-account-credentials=true");
        assertThat((String[]) plan.settings().get("kubeletArg")).contains("make-iptables-util-chains=true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kube-apiserver-arg=enable-admission-plugins=NodeRestriction,EventRateLimit",
            "kube-apiserver-arg=anonymous-auth=false", "kube-apiserver-arg=profiling=false",
            "kube-apiserver-arg=authorization-mode=Node,RBAC",
            "kube-apiserver-arg=tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "kube-controller-manager-arg=profiling=false", "kube-controller-manager-arg=bind-address=127.0.0.1",
            "kube-scheduler-arg=profiling=false", "kube-scheduler-arg=bind-address=127.0.0.1",
            "kubelet-arg=anonymous-auth=false", "kubelet-arg=authorization-mode=Webhook",
            "kubelet-arg=read-only-port=0",
            "kubelet-arg=pod-max-pids=4096", "kubelet-arg=protect-kernel-defaults=true",
            "kubelet-arg=tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "kubelet-arg=max-pods=100",
            "kubelet-arg=authentication-token-webhook=true", "kubelet-arg=streaming-connection-idle-timeout=5m",
            "kubelet-arg=make-iptables-util-chains=true", "kubelet-arg=event-qps=0",
            "kubelet-arg=rotate-certificates=true", "kubelet-arg=rotate-certificates",
            "kubelet-arg=feature-gates=RotateKubeletServerCertificate=true",
            "kubelet-arg=tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,"
                    + "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,"
                    + "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,"
                    + "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
            "kube-apiserver-arg=enable-admission-plugins=DenyServiceExternalIPs,AlwaysPullImages",
            "kube-apiserver-arg=service-account-extend-token-expiration=false",
            "kube-controller-manager-arg=feature-gates=RotateKubeletServerCertificate=true",
            "kube-controller-manager-arg=terminated-pod-gc-threshold=100",
            "kube-proxy-arg=metrics-bind-address=127.0.0.1"})
    void whatItsSelfAssessmentsLookForIsTaken(String argument) throws IOException {
        assertThat(plan("", "--" + argument).settings()).isNotEmpty();
    }

    /// Checks 1.2.4 and 4.2.9.
    @Test
    void certificatesOfTheOperatorAreTakenWhereItSaysHow() throws IOException {
        Path certificate = Files.writeString(directory.resolve("mine.crt"), "");
        Path key = Files.writeString(directory.resolve("mine.key"), "");
        LaunchPlan plan = plan("", "--kube-apiserver-arg=kubelet-client-certificate=" + certificate,
                "--kube-apiserver-arg=kubelet-client-key=" + key, "--kubelet-arg=tls-cert-file=" + certificate,
                "--kubelet-arg=tls-private-key-file=" + key);
        assertThat(warnings).isEmpty();
        assertThat((String[]) plan.settings().get("kubeApiserverArg")).hasSize(2);
    }

    /// What it has administrators remove works without being removed, where it changes nothing.
    @Test
    void theCertificateOfTheApiServerHasNoEffectAsWithK3s() throws IOException {
        plan("", "--kube-apiserver-arg=tls-cert-file=/mine.crt", "--kube-apiserver-arg=tls-private-key-file=/mine.key");
        assertThat(warnings).hasSize(2).allMatch(warning -> warning.contains("--tls-san"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kube-apiserver-arg=service-account-lookup=false", "kube-apiserver-arg=profiling=true",
            "kube-apiserver-arg=profiling", "kubelet-arg=anonymous-auth=true", "kubelet-arg=read-only-port=10255",
            "kube-controller-manager-arg=use-service-account-credentials=false",
            "kubelet-arg=authorization-mode=AlwaysAllow"})
    void whatItWarnsOfIsRefused(String argument) {
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan("", "--" + argument))
                .withMessageContaining("is not supported yet by K3j; leave it out or use ");
    }
}
