package io.k3j.audit;

import io.k3j.apiserverapi.Audit;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.componentbase.ConfigurationFile;
import io.k3j.componentbase.ServerStart;
import io.k3j.webhookclient.KubeconfigClient;
import io.k3j.webhookclient.WebhookKubeconfig;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// The component: reads flags and policy, and contributes the audit they ask for. A configuration that is wrong ends
/// the process while it starts, as upstream's; later, when a new version of this bundle meets it, that one stops.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.audit",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class AuditLog {
    private static final System.Logger LOG = System.getLogger("io.k3j.audit");
    /// A webhook has nothing to say but that it has an event.
    private static final int MOST_ANSWER_BYTES = 1 << 20;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final @Nullable Running running;

    /// What there is once flags and policy are right.
    private record Running(AuditMetrics metrics, AuditBackend backend, @Nullable Tidying tidying) {
    }

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
        try {
            running = running(AuditOptions.of(settings.kubeApiserverArg()), health, scope);
        } catch (IllegalArgumentException e) {
            scope.report(HealthLevel.STOPPED, String.valueOf(e.getMessage()));
            if (ServerStart.goesOn(context)) {
                abort.abort(String.valueOf(e.getMessage()));
            }
            throw e;
        }
        if (running != null) {
            registrations.add(context.registerService(Metrics.class, running.metrics, null));
            registrations.add(context.registerService(Audit.class, running.backend, null));
        }
        scope.ok();
    }

    private static @Nullable Running running(AuditOptions options, Health health, HealthScope scope) {
        AuditPolicy policy = policy(options);
        if (policy == null) {
            return null;
        }
        Tidying tidying = options.file().isFile()
                ? new Tidying(new Backups(Path.of(options.file().path()).toAbsolutePath(), options.file().retention(),
                        InstantSource.system()), health)
                : null;
        AuditMetrics metrics = new AuditMetrics();
        AuditBackend backend = new AuditBackend(policy, metrics, sinks(options, tidying, metrics, health, scope));
        if (tidying != null) {
            tidying.start();
        }
        return new Running(metrics, backend, tidying);
    }

    /// Threads begin last, behind all that may fail: nobody stops what has not been activated.
    private static List<EventSink> sinks(AuditOptions options, @Nullable Tidying tidying, AuditMetrics metrics,
            Health health, HealthScope scope) {
        WebhookKubeconfig webhook = options.webhook().enabled() ? webhook(options.webhook()) : null;
        List<EventSink> sinks = new ArrayList<>();
        if (options.file().enabled()) {
            LogOutput output = output(options.file(), tidying);
            sinks.add(new EventSink(options.log(), EventForm.line(options.file()),
                    new AuditWriter(output, health, scope, metrics, AuditWriter.END).started(), metrics, health));
        }
        if (webhook != null) {
            KubeconfigClient client = new KubeconfigClient(webhook,
                    new KubeconfigClient.Settings("audit-webhook-client", MOST_ANSWER_BYTES));
            sinks.add(new EventSink(options.webhook().sink(), EventForm.item(),
                    new WebhookSender(client, options.webhook().initialBackoff(), RandomGenerator.getDefault(),
                            health.scope("audit-webhook"), metrics),
                    metrics, health));
        }
        return sinks;
    }

    private static WebhookKubeconfig webhook(AuditOptions.WebhookOptions options) {
        try {
            return WebhookKubeconfig.read(Path.of(options.configFile()), System.getenv());
        } catch (IOException e) {
            throw new IllegalArgumentException("--kube-apiserver-arg=audit-webhook-config-file: initializing audit"
                    + " webhook: " + e.getMessage(), e);
        }
    }

    private static @Nullable AuditPolicy policy(AuditOptions options) {
        if (!options.problems().isEmpty()) {
            throw new IllegalArgumentException("--kube-apiserver-arg: " + String.join("; ", options.problems()));
        }
        if (!options.file().enabled() && !options.webhook().enabled()) {
            return null;
        }
        if (options.policyFile().isEmpty()) {
            LOG.log(System.Logger.Level.INFO, "No audit policy file provided, no events will be recorded");
            return null;
        }
        Path file = Path.of(options.policyFile());
        try {
            AuditPolicy policy = AuditPolicy.parse(new ConfigurationFile(file).bytes());
            if (!policy.ignored().isEmpty()) {
                LOG.log(System.Logger.Level.WARNING, "Audit policy contains errors, which are passed over path={0}"
                        + " errors={1}", file, policy.ignored());
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

    private static LogOutput output(AuditOptions.LogOptions file, @Nullable Tidying tidying) {
        if (tidying == null) {
            return standardOutput();
        }
        try {
            return new LogFile(Path.of(file.path()), file.retention(), InstantSource.system(), tidying::wake)
                    .opened();
        } catch (IOException e) {
            throw new IllegalArgumentException("--kube-apiserver-arg=audit-log-path: cannot write " + file.path()
                    + ": " + e, e);
        }
    }

    private static LogOutput standardOutput() {
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        return new LogOutput() {
            @Override
            public void write(byte[]... parts) throws IOException {
                for (byte[] part : parts) {
                    out.write(part);
                }
            }

            @Override
            public void close() {
                // the process' own
            }
        };
    }

    /// Writes what waits, then withdraws: the server's next events wait for a successor. Takes some 3 s at most, with
    /// which the end of the process gets along as well.
    @Deactivate
    public void stop() {
        if (running != null) {
            running.backend.drain();
        }
        registrations.forEach(ServiceRegistration::unregister);
        if (running != null) {
            running.backend.close();
            if (running.tidying != null) {
                running.tidying.close();
            }
        }
    }
}
