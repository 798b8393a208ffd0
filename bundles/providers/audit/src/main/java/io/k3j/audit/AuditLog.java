package io.k3j.audit;

import io.k3j.apiserverapi.Audit;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentapi.Phases;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.condition.Condition;

/// The component: reads flags and policy, and contributes the audit they ask for. A configuration that is wrong ends
/// the process while it starts, as upstream's; later, when a new version of this bundle meets it, that one stops.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.audit",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class AuditLog {
    private static final System.Logger LOG = System.getLogger("io.k3j.audit");
    private static final String STANDARD_OUTPUT = "-";
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final @Nullable AuditBackend backend;
    private final @Nullable Tidying tidying;

    /// The component's settings.
    public @interface Settings {
        /// `--kube-apiserver-arg`, as `name=value`: those that begin with `audit-`.
        String[] kubeApiserverArg() default {};
    }

    /// Opens the log and registers.
    /// @throws IllegalArgumentException for an invalid flag or policy, or a log that cannot be written; the message
    /// names it
    @Activate
    public AuditLog(BundleContext context, Settings settings, @Reference Health health, @Reference Abort abort) {
        HealthScope scope = health.scope("audit");
        AuditOptions options = AuditOptions.of(settings.kubeApiserverArg());
        try {
            AuditPolicy policy = policy(options);
            if (policy == null) {
                LOG.log(System.Logger.Level.INFO,
                        "No audit policy file provided, no events will be recorded for log backend");
                backend = null;
                tidying = null;
            } else {
                AuditMetrics metrics = new AuditMetrics();
                tidying = options.path().equals(STANDARD_OUTPUT) ? null
                        : new Tidying(new Backups(Path.of(options.path()).toAbsolutePath(), options.files(),
                                InstantSource.system()), health);
                backend = new AuditBackend(policy, options, metrics,
                        new AuditWriter(output(options, tidying), scope, metrics), health);
                registrations.add(context.registerService(Metrics.class, metrics, null));
                registrations.add(context.registerService(Audit.class, backend, null));
            }
        } catch (IllegalArgumentException e) {
            scope.report(HealthLevel.STOPPED, String.valueOf(e.getMessage()));
            if (starting(context)) {
                abort.abort(String.valueOf(e.getMessage()));
            }
            throw e;
        }
        scope.ok();
    }

    private static @Nullable AuditPolicy policy(AuditOptions options) {
        if (!options.problems().isEmpty()) {
            throw new IllegalArgumentException("--kube-apiserver-arg: " + String.join("; ", options.problems()));
        }
        if (options.policyFile().isEmpty() || options.path().isEmpty()) {
            return null;
        }
        Path file = Path.of(options.policyFile());
        try {
            AuditPolicy policy = AuditPolicy.parse(Files.readAllBytes(file));
            if (!policy.ignored().isEmpty()) {
                LOG.log(System.Logger.Level.WARNING, "Audit policy has unknown fields path={0} fields={1}", file,
                        policy.ignored());
            }
            return policy;
        } catch (IOException e) {
            throw new IllegalArgumentException("loading audit policy file: failed to read file path \"" + file + "\": "
                    + e + "; write a Policy there or leave --kube-apiserver-arg=audit-policy-file out", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("loading audit policy file: " + e.getMessage() + ": from file " + file,
                    e);
        }
    }

    private static LogOutput output(AuditOptions options, @Nullable Tidying tidying) {
        if (tidying == null) {
            return standardOutput();
        }
        try {
            return new LogFile(Path.of(options.path()), options.files(), InstantSource.system(), tidying::wake)
                    .opened();
        } catch (IOException e) {
            throw new IllegalArgumentException("--kube-apiserver-arg=audit-log-path: cannot write " + options.path()
                    + ": " + e, e);
        }
    }

    private static LogOutput standardOutput() {
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        return new LogOutput() {
            @Override
            public void write(byte[] line) throws IOException {
                out.write(line);
            }

            @Override
            public void close() {
                // the process' own
            }
        };
    }

    private static boolean starting(BundleContext context) {
        try {
            Collection<?> ready = context.getServiceReferences(Condition.class,
                    "(" + Phases.ID + "=" + Phases.APISERVER_READY + ")");
            return ready.isEmpty();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Withdraws: the server's next events wait for a successor. What waits here is written.
    @Deactivate
    public void stop() {
        registrations.forEach(ServiceRegistration::unregister);
        if (backend != null) {
            backend.close();
        }
        if (tidying != null) {
            tidying.close();
        }
    }
}
