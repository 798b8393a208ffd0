package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.apiserverapi.Write;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.time.Duration;

/// Rules of Events.
final class EventRules implements KindRules {
    /// The default of `--event-ttl`.
    private static final Duration LIFE = Duration.ofHours(1);
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

    @Override
    public void check(Write write, Struct o, Problems p) {
        String about = o.struct("involvedObject").text("namespace");
        if (o.has("involvedObject") && !about.isEmpty() && !about.equals(o.struct("metadata").text("namespace"))) {
            p.at("involvedObject").at("namespace").invalid(about, "does not match event.namespace");
        }
    }
}
