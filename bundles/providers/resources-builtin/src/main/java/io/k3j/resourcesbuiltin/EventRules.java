package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.time.Duration;
import java.util.List;

/// Rules of Events.
final class EventRules implements KindRules {
    /// The default of `--event-ttl`.
    private static final Duration LIFE = Duration.ofHours(1);
    private static final Gvk CORE = Gvk.of("v1", "Event");
    private final Duration life;

    /// Events live as long as they do by default.
    EventRules() {
        this(LIFE);
    }

    private EventRules(Duration life) {
        this.life = life;
    }

    /// By `event-ttl`.
    ///
    /// @param arguments those of `--kube-apiserver-arg`; others are passed over
    /// @throws IllegalArgumentException for what is no time; the message says what to type
    static EventRules of(String... arguments) {
        ComponentArguments given = ComponentArguments.of("--kube-apiserver-arg", arguments);
        return new EventRules(given.duration("event-ttl", LIFE, "1h"));
    }

    @Override
    public Duration timeToLive() {
        return life;
    }

    @Override
    public Struct converted(Struct event, Gvk to) {
        return EventForms.converted(event, to);
    }

    /// Events of core `v1` have any name that a path can have.
    @Override
    public List<String> name(String name, Struct event) {
        return core(event) ? Names.pathSegment(name) : Names.subdomain(name);
    }

    /// Whether it was written as one of `v1`, of which less is asked than of `events.k8s.io`.
    static boolean core(Struct event) {
        return event.text("apiVersion").equals(CORE.apiVersion());
    }

    @Override
    public void check(Write write, Struct o, Problems p) {
        boolean core = core(o);
        Struct event = core ? o : EventForms.converted(o, CORE);
        EventProblems.both(event, core ? "reportingComponent" : "reportingController", p);
        if (!core && write.operation() == Operation.CREATE) {
            EventProblems.created(event, p);
        } else if (!core) {
            EventProblems.updated(EventForms.converted(write.before().orElse(Struct.EMPTY), CORE), event, p);
        }
    }
}
