package io.k3j.bench;

import io.k3j.bench.Requests.Call;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Many watches on one namespace while objects are changed at a steady rate. The latency of an event runs from the
/// moment its change was *sent* (which is before its commit) to the last byte read by that watch.
final class Fanout {
    private static final int OBJECTS = 20;
    /// Below what the server lets one connection have open at once.
    private static final int MAX_UNANSWERED = 100;
    private final String path;
    private final Links links;
    private final Links writer;
    private final String padding;
    private final List<Events> watches = new ArrayList<>();
    private final Map<Long, Long> sent = new ConcurrentHashMap<>();
    private final AtomicInteger cut = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    private final AtomicInteger answered = new AtomicInteger();
    private volatile boolean over;

    /// Watches of the ConfigMaps of a namespace.
    Fanout(String namespace, Links links, Links writer, int bytes) {
        this.path = "/api/v1/namespaces/" + namespace + "/configmaps";
        this.links = links;
        this.writer = writer;
        this.padding = "x".repeat(bytes);
    }

    /// What came of it.
    /// @param changes how many were written
    /// @param missing events that did not come, or came twice or out of order
    /// @param cut watches that the server ended
    record Result(int changes, long events, long missing, int cut, Histogram latencies) {
    }

    /// Makes what is changed, then opens `count` watches from there.
    void open(int count) throws IOException {
        long revision = 0;
        for (int i = 0; i < OBJECTS; i++) {
            Links.Answer made = writer.ask(Call.of("POST", path, body(i, 0)));
            revision = Events.revision(made.body());
        }
        for (int i = 0; i < count; i++) {
            Events watch = new Events(() -> {
                if (!over) {
                    cut.incrementAndGet();
                }
            });
            watches.add(watch);
            links.all().get(i % links.all().size()).send(
                    Call.get(path + "?watch=true&resourceVersion=" + revision), watch);
        }
    }

    private String body(int object, int change) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"watched-" + object
                + "\"},\"data\":{\"n\":\"" + change + "\",\"p\":\"" + padding + "\"}}";
    }

    /// Changes objects `perSecond` times a second; what comes in the first `warm` seconds is not measured.
    Result run(int perSecond, double warm, double seconds) throws InterruptedException {
        int changes = (int) (perSecond * (warm + seconds));
        long begin = System.nanoTime();
        for (int i = 0; i < changes; i++) {
            long at = begin + i * 1_000_000_000L / perSecond;
            Pauses.millis(Math.max(0, (at - System.nanoTime()) / 1_000_000));
            while (i - answered.get() >= MAX_UNANSWERED) {
                Pauses.millis(1);
            }
            change(i);
        }
        for (int waited = 0; waited < 3_000 && (answered.get() < changes || behind(changes)); waited++) {
            Pauses.millis(100);
        }
        over = true;
        long measuredFrom = begin + (long) (warm * 1e9);
        Histogram latencies = new Histogram();
        long events = 0;
        long missing = 0;
        for (Events w : watches) {
            events += w.count();
            missing += Math.abs(changes - refused.sum() - w.count()) + w.disorder();
            for (int i = 0; i < w.count(); i++) {
                long from = sent.getOrDefault(w.revision(i), 0L);
                if (from >= measuredFrom) {
                    latencies.add(w.time(i) - from);
                }
            }
        }
        return new Result(changes, events, missing, cut.get(), latencies);
    }

    private boolean behind(int changes) {
        long wanted = changes - refused.sum();
        return watches.stream().anyMatch(w -> w.count() < wanted);
    }

    private void change(int number) {
        int object = number % OBJECTS;
        long begin = System.nanoTime();
        byte[] head = new byte[200];
        int[] filled = {0};
        writer.all().getFirst().send(Call.of("PUT", path + "/watched-" + object, body(object, number + 1)),
                new Requests.Reply() {
                    @Override
                    public void data(ByteBuf in, int length) {
                        int some = Math.min(length, head.length - filled[0]);
                        in.readBytes(head, filled[0], some);
                        filled[0] += some;
                        in.skipBytes(length - some);
                    }

                    @Override
                    public void end(int status) {
                        if (status == 200) {
                            sent.put(Events.revision(new String(head, StandardCharsets.US_ASCII)), begin);
                        } else {
                            refused.increment();
                        }
                        answered.incrementAndGet();
                    }
                });
    }
}
