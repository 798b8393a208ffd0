package io.k3j.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/// What flags and a policy lead to, at the start and later.
class AuditLogTest {
    @TempDir
    private Path directory;
    private final List<Object> registered = new ArrayList<>();
    private final List<String> reports = new ArrayList<>();
    private final List<String> aborted = new ArrayList<>();
    private boolean ready;

    private static <T> T proxy(Class<T> type, InvocationHandler does) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, does));
    }

    private BundleContext context() {
        return proxy(BundleContext.class, (_, method, given) -> switch (method.getName()) {
            case "registerService" -> {
                registered.add(given[1]);
                yield proxy(ServiceRegistration.class, (_, _, _) -> {
                    registered.remove(given[1]);
                    return null;
                });
            }
            case "getServiceReferences" -> ready ? List.of(proxy(ServiceReference.class, (_, _, _) -> null))
                    : List.of();
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private Health health() {
        return new Health() {
            @Override
            public HealthScope scope(String component) {
                return new HealthScope() {
                    @Override
                    public void report(HealthLevel level, String message) {
                        reports.add(level + " " + message);
                    }

                    @Override
                    public void close() {
                        // nothing to forget
                    }
                };
            }

            @Override
            public List<HealthReport> reports() {
                return List.of();
            }
        };
    }

    private AuditLog log(String policy, String... more) throws IOException {
        Path file = Files.writeString(directory.resolve("policy.yaml"), policy);
        List<String> all = new ArrayList<>(List.of("audit-policy-file=" + file));
        all.addAll(List.of(more));
        AuditLog.Settings settings = proxy(AuditLog.Settings.class, (_, _, _) -> all.toArray(String[]::new));
        Abort abort = aborted::add;
        return new AuditLog(context(), settings, health(), abort);
    }

    private static String policy(String rules) {
        return "{apiVersion: audit.k8s.io/v1, kind: Policy, rules: " + rules + "}";
    }

    private String path() {
        return "audit-log-path=" + directory.resolve("logs/audit.log");
    }

    private Audit audit() {
        return registered.stream().filter(Audit.class::isInstance).map(Audit.class::cast).findFirst().orElseThrow();
    }

    private void taken(Struct event) {
        assertThat(audit().take(event)).isEqualTo(Audit.Taken.TAKEN);
    }

    @Test
    void whatIsTakenStandsInTheLog() throws Exception {
        AuditLog log = log(policy("[{level: Metadata}]"), path());
        Audit audit = audit();
        assertThat(audit.rule(null, Attributes.path("get", "/")).level()).isEqualTo(Audit.Level.METADATA);
        assertThat(audit.take(Struct.of("stage", "Panic"))).isEqualTo(Audit.Taken.TAKEN);
        log.stop();
        assertThat(registered).isEmpty();
        assertThat(audit.take(Struct.of("stage", "Panic"))).isEqualTo(Audit.Taken.CLOSED);
        assertThat(directory.resolve("logs/audit.log")).hasContent("{\"stage\":\"Panic\"}");
        assertThat(reports).containsExactly("OK ");
    }

    @Test
    void aWrongPolicyEndsTheStart() {
        assertThatThrownBy(() -> log(policy("[]"), path())).hasMessageContaining("loaded illegal policy with 0 rules");
        assertThat(aborted).singleElement().asString().contains("loaded illegal policy with 0 rules");
        assertThat(reports).singleElement().asString().startsWith("STOPPED loading audit policy file");
        assertThat(registered).isEmpty();
    }

    @Test
    void aWrongPolicyThatIsMetLaterEndsNothingElse() {
        ready = true;
        assertThatThrownBy(() -> log(policy("[]"), path())).isInstanceOf(IllegalArgumentException.class);
        assertThat(aborted).isEmpty();
        assertThat(reports).singleElement().asString().startsWith("STOPPED");
    }

    private static void ends(String thread) throws InterruptedException {
        Waiting.until("end of " + thread, () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().equals(thread)));
    }

    @Test
    void aLogThatCannotBeWrittenEndsTheStartAndLeavesNoThread() throws Exception {
        Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> log(policy("[{level: Metadata}]"), "audit-log-path=" + directory.resolve("file/a")))
                .hasMessageContaining("audit-log-path: cannot write");
        ends("audit-backups");
    }

    @Test
    void aPolicyOfAnyLengthIsNotRead() {
        assertThatThrownBy(() -> log(" ".repeat((4 << 20) + 1), path())).hasMessageContaining("larger than 4194304");
    }

    @Test
    void aWebhookGetsWhatTheLogGets() throws Exception {
        try (Collector collector = new Collector()) {
            AuditLog log = log(policy("[{level: Metadata}]"), path(), "audit-webhook-batch-max-wait=10ms",
                    "audit-webhook-config-file=" + collector.kubeconfig(directory));
            taken(Struct.of("stage", "Panic"));
            Waiting.until("the list", () -> !collector.bodies.isEmpty());
            log.stop();
            assertThat(collector.stages()).containsExactly(List.of("Panic"));
            assertThat(directory.resolve("logs/audit.log")).hasContent("{\"stage\":\"Panic\"}");
        }
    }

    @Test
    void aWebhookIsEnough() throws Exception {
        try (Collector collector = new Collector()) {
            AuditLog log = log(policy("[{level: Metadata}]"), "audit-webhook-mode=blocking-strict",
                    "audit-webhook-config-file=" + collector.kubeconfig(directory));
            taken(Struct.of("stage", "Panic"));
            assertThat(collector.stages()).containsExactly(List.of("Panic"));
            log.stop();
            assertThat(registered).isEmpty();
        }
    }

    @Test
    void aWrongWebhookEndsTheStartAndLeavesNoThread() throws Exception {
        Path file = Files.writeString(directory.resolve("hook"), "current-context: none\n");
        assertThatThrownBy(() -> log(policy("[{level: Metadata}]"), path(), "audit-webhook-config-file=" + file));
        assertThat(aborted).singleElement().asString().startsWith("--kube-apiserver-arg=audit-webhook-config-file: "
                + "initializing audit webhook: invalid configuration: ");
        ends("audit-writer");
    }

    @Test
    void withoutALogNothingIsRecorded() throws IOException {
        log(policy("[{level: Metadata}]")).stop();
        assertThat(registered).isEmpty();
        assertThat(reports).containsExactly("OK ");
    }
}
