package io.k3j.admissioncore;

import io.k3j.admissionkit.EventLimiter;
import io.k3j.admissionkit.EventLimits;
import io.k3j.admissionkit.OptionalPlugins;
import io.k3j.admissionkit.PluginConfiguration;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.TimeSource;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Limits how many Events are written: by server, namespace, user, and source with object. Only where
/// `--kube-apiserver-arg=enable-admission-plugins` names it. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#eventratelimit>.
///
/// Each limit counts each Event, also one that another limit refuses. Events of both groups are counted.
@Component(service = Admission.class, property = "order:Integer=170", configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class EventRateLimit implements Admission {
    static final String NAME = "EventRateLimit";
    private static final Set<String> GROUPS = Set.of("", "events.k8s.io");
    private final List<EventLimiter> limiters;

    /// @throws IllegalArgumentException when it is enabled without a valid section in
    /// `admission-control-config-file`; then nothing is written
    @Activate
    public EventRateLimit(AdmissionSettings settings) {
        this(TimeSource.system().monotonic(), settings.kubeApiserverArg());
    }

    EventRateLimit(InstantSource clock, String... arguments) {
        limiters = OptionalPlugins.enabled(NAME, arguments)
                ? PluginConfiguration.of(NAME, EventLimits::of, arguments)
                        .orElseThrow(() -> new IllegalArgumentException("--kube-apiserver-arg=enable-admission-plugins="
                                + NAME + " needs limits: write a Configuration for it into the file of "
                                + "--kube-apiserver-arg=admission-control-config-file"))
                        .stream().map(limit -> new EventLimiter(limit, clock)).toList()
                : List.of();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean handles(Write write) {
        boolean changes = write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE;
        return !limiters.isEmpty() && changes && !write.dryRun() && write.kind().gvr().resource().equals("events")
                && GROUPS.contains(write.kind().gvr().group());
    }

    /// A write that is tried again is asked about again, and counted once.
    @Override
    public void validate(Write write, Struct event) {
        Object refusal = write.context().notes().computeIfAbsent(NAME, name -> refusal(write, event));
        if (refusal instanceof Optional<?> why && why.isPresent()) {
            throw new ApiFault(429, "TooManyRequests", "Too many requests: " + why.get(), Struct.EMPTY);
        }
    }

    private Optional<String> refusal(Write write, Struct event) {
        Optional<String> last = Optional.empty();
        for (EventLimiter limiter : limiters) {
            Optional<String> refused = limiter.refusal(write, event);
            last = refused.isPresent() ? refused : last;
        }
        return last;
    }
}
