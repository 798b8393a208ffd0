package io.k3j.apiserver;

import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Keeps events.
final class AuditRecorder implements Audit {
    final BlockingQueue<Struct> events = new LinkedBlockingQueue<>();
    volatile Rule rule = new Rule(Level.METADATA, Set.of(), false);
    volatile Taken answer = Taken.TAKEN;
    /// Called before an event is kept.
    volatile Runnable before = () -> {
    };

    @Override
    public Rule rule(@Nullable Caller caller, Attributes what) {
        return rule;
    }

    @Override
    public Taken take(Struct event) {
        before.run();
        if (answer == Taken.TAKEN) {
            events.add(event);
        }
        return answer;
    }

    Struct next() throws InterruptedException {
        Struct event = events.poll(Waiting.LIMIT.toSeconds(), TimeUnit.SECONDS);
        return event == null ? Struct.EMPTY : event;
    }

    void level(Level level, String... omitted) {
        rule = new Rule(level, Set.of(omitted), false);
    }
}
