package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.pki.CertificateExpiration;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// K3s' certificate monitor on a server without a node (`--disable-agent`): tells by Events which certificates of the
/// server and which authorities end soon. They are about the Node that the server would have. Where there is a node its
/// kubelet tells them. What cannot be told yet, since the API takes no writes, is told by a later step: until the next
/// look, which finds anew what there is to tell. For one thread.
final class CertificateEvents {
    private static final Gvr EVENTS = Gvr.of("v1", "events");

    private final Path dataDir;
    private final String node;
    private final Supplier<@Nullable ApiClient> api;
    private final TimeSource clock;
    private final NodeEvents events;
    /// The last one of each of K3s' three reasons.
    private final Map<String, Obj> told = new HashMap<>();
    /// Found by the last look, and not told yet.
    private final Deque<CertificateExpiration.Notice> untold = new ArrayDeque<>();
    private Instant next = Instant.MIN;
    private boolean first = true;

    /// @param api null while there is none
    CertificateEvents(Path dataDir, String node, Supplier<@Nullable ApiClient> api, TimeSource clock) {
        this.dataDir = dataDir;
        this.node = node;
        this.api = api;
        this.clock = clock;
        this.events = new NodeEvents(CertificateExpiration.MONITOR, clock);
    }

    /// Looks, when half an hour has passed since it last did, and tells. Blocks on the disk and the API.
    /// @throws io.k3j.clientapi.ApiFault when something cannot be told; the next step tries that again
    void step() {
        ApiClient client = api.get();
        Instant now = clock.monotonic().instant();
        if (client == null) {
            return;
        }
        if (!now.isBefore(next)) {
            untold.clear();
            untold.addAll(CertificateExpiration.read(dataDir).notices(clock.instant(), first));
            next = now.plus(CertificateExpiration.PERIOD);
        }
        for (CertificateExpiration.Notice notice = untold.peek(); notice != null; notice = untold.peek()) {
            tell(client, notice);
            untold.remove();
        }
        first = false;
    }

    /// The same is told by the same Event, counted up, as long as it lives.
    private void tell(ApiClient client, CertificateExpiration.Notice notice) {
        Obj before = told.get(notice.reason());
        if (before != null && before.tree().text("message").equals(notice.message())) {
            Optional<Obj> lives = client.find(EVENTS, before.key());
            if (lives.isPresent()) {
                Obj event = lives.get();
                client.update(EVENTS, event.with(event.tree().whole("count", 1) + 1, "count")
                        .with(clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(), "lastTimestamp"),
                        WriteOptions.PLAIN);
                return;
            }
        }
        told.put(notice.reason(),
                events.write(client, node, notice.reason(), notice.message(), notice.warning()));
    }
}
