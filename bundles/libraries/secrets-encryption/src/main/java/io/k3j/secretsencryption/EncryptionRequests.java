package io.k3j.secretsencryption;

import io.k3j.clientapi.ApiClient;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.edgeapi.Exchange;
import io.k3j.encryption.EncryptionConfiguration;
import io.k3j.encryption.EncryptionKey;
import io.k3j.encryption.Provider;
import io.k3j.encryption.Provider.Kind;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.servercredentials.SupervisorSettings;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Replies;
import io.k3j.supervisorrequests.RequestHandler;
import io.k3j.supervisorrequests.Requester;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// `/v1-k3s/encrypt/status` and `/v1-k3s/encrypt/config`: K3s' stages of a key rotation. Each stage is in the
/// bootstrap record before it is in force, and a later one is refused until all servers have the one before, so that
/// no server ever meets a row whose key it does not have. Any thread: one change is made at a time, another one is
/// refused meanwhile.
public final class EncryptionRequests implements RequestHandler, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// How long a change waits for one that is just ending.
    private static final long ENDING_SECONDS = 5;
    private static final long CLOSING_SECONDS = 2;
    private static final Set<String> RESTING = Set.of(EncryptionState.START, EncryptionState.FINISHED);

    private final EncryptionKeeper keeper;
    private final SupervisorSettings settings;
    private final Recorder events;
    private final InstantSource clock;
    private final RandomGenerator random;
    /// Held by the request, or by the thread that goes on after it.
    private final Semaphore working = new Semaphore(1);
    private volatile @Nullable Reencryption running;

    /// Writes Events about a Node.
    @FunctionalInterface
    public interface Recorder {
        /// Writes one; blocks for a request.
        ///
        /// @param warning whether it is no normal thing
        /// @throws io.k3j.clientapi.ApiFault when it cannot be written
        void write(ApiClient client, String node, String reason, String message, boolean warning);
    }

    /// `events` tells how far the writing of Secrets is; `clock` names new keys.
    public EncryptionRequests(EncryptionKeeper keeper, SupervisorSettings settings, Recorder events,
            InstantSource clock,
            RandomGenerator random) {
        this.keeper = keeper;
        this.events = events;
        this.settings = settings;
        this.clock = clock;
        this.random = random;
    }

    /// What it changes, and what follows the changes of other servers.
    public EncryptionKeeper keeper() {
        return keeper;
    }

    @Override
    public void answer(Exchange exchange, Requester asker) throws IOException, Refusal {
        try {
            switch (exchange.method() + " " + exchange.path()) {
                case "GET /v1-k3s/encrypt/status" -> Replies.json(exchange, status());
                case "PUT /v1-k3s/encrypt/config" -> {
                    change(exchange);
                    exchange.respond(200, Map.of());
                }
                default -> throw new Refusal(405, "method not allowed");
            }
        } catch (DatastoreUnavailable away) {
            throw new Refusal(503, "the datastore is away: " + away.getMessage());
        }
    }

    private Struct status() throws IOException, Refusal {
        Optional<EncryptionState> state = keeper.current();
        if (state.isEmpty()) {
            return Struct.of("stage", "", "activekey", "");
        }
        EncryptionConfiguration configuration = state.get().configuration();
        List<String> keys = new ArrayList<>();
        for (Provider provider : configuration.providers()) {
            provider.keys().forEach(key -> keys.add(provider.kind().label() + " " + key.name()));
        }
        Optional<String> differs = keeper.disagreement();
        Struct.Builder out = Struct.builder()
                .put("stage", keeper.marks().active() ? EncryptionState.ACTIVE : state.get().stage())
                .put("activekey", configuration.on() ? keys.removeFirst() : "").put("enable", configuration.on());
        if (differs.isPresent()) {
            out.put("hasherror", differs.get());
        } else {
            out.put("hashmatch", true);
        }
        return out.putUnlessEmpty("inactivekeys", Seq.copyOf(keys)).build();
    }

    private void change(Exchange exchange) throws IOException, Refusal {
        EncryptionRequest wanted = EncryptionRequest.of(exchange);
        if (!mine()) {
            throw new Refusal(409, "secrets are being encrypted anew; wait for: k3s secrets-encrypt status");
        }
        boolean goesOn = false;
        try {
            goesOn = wanted.enable().isPresent() && wanted.stage().isEmpty() ? enable(wanted.enable().get())
                    : stage(wanted);
        } catch (IllegalArgumentException impossible) {
            throw new Refusal(400, String.valueOf(impossible.getMessage()));
        } finally {
            if (!goesOn) {
                working.release();
            }
        }
    }

    /// Whether nothing else is being done. What is just ending is waited for.
    private boolean mine() {
        try {
            return working.tryAcquire(keeper.marks().active() ? 0 : ENDING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean stage(EncryptionRequest wanted) throws IOException, Refusal {
        EncryptionState now = keeper.current().orElseThrow(() -> new Refusal(400, "secrets encryption is not set up;"
                + " give: k3s secrets-encrypt enable, then restart the servers with --secrets-encryption"));
        if (!settings.secretsEncryption()) {
            throw new Refusal(400, "this server runs without --secrets-encryption; restart the servers with it first");
        }
        Kind kind = EncryptionState.kind(settings);
        switch (wanted.stage()) {
            case EncryptionState.PREPARE -> {
                classic(kind, "prepare");
                verify(now, RESTING, wanted.force());
                prepare(now, kind);
                return false;
            }
            case EncryptionState.ROTATE -> {
                classic(kind, "rotate");
                verify(now, Set.of(EncryptionState.PREPARE), wanted.force());
                rotate(now, kind);
                return false;
            }
            case EncryptionState.ACTIVE -> {
                classic(kind, "reencrypt");
                verify(now, Set.of(EncryptionState.ROTATE), wanted.force());
                return reencrypt(now, kind, wanted.skip());
            }
            case "rotate_keys" -> {
                return rotateKeys(now, kind);
            }
            default -> throw new Refusal(400, "unknown stage " + wanted.stage() + " requested");
        }
    }

    /// K3s has the three stages one by one for AES-CBC only.
    private static void classic(Kind kind, String word) throws Refusal {
        if (kind == Kind.SECRETBOX) {
            throw new Refusal(400, word + " does not support secretbox key type, use rotate-keys instead");
        }
    }

    /// All three stages. One that was interrupted goes on where it was.
    private boolean rotateKeys(EncryptionState now, Kind kind) throws IOException, Refusal {
        EncryptionState state = now;
        if (RESTING.contains(state.stage())) {
            verify(state, RESTING, false);
            state = prepare(state, kind);
        }
        keeper.awaitAgreement();
        if (state.stage().equals(EncryptionState.PREPARE)) {
            state = rotate(state, kind);
        }
        keeper.awaitAgreement();
        return reencrypt(state, kind, false);
    }

    private void verify(EncryptionState now, Set<String> stages, boolean force) throws IOException, Refusal {
        if (force) {
            return;
        }
        Optional<String> differs = keeper.disagreement();
        if (differs.isPresent()) {
            throw new Refusal(400, differs.get());
        }
        if (!stages.contains(now.stage())) {
            throw new Refusal(400, "incorrect stage: " + now.stage() + " found on node " + keeper.marks().name());
        }
        if (!now.hash().equals(EncryptionConfiguration.hash(now.text()))) {
            throw new Refusal(400, "invalid hash: " + now.hash() + " found on node " + keeper.marks().name());
        }
    }

    private EncryptionState prepare(EncryptionState now, Kind kind) throws IOException, Refusal {
        EncryptionKey key = EncryptionKey.random(EncryptionState.keyName(kind, clock.instant()), random);
        return keeper.change(Optional.of(now),
                EncryptionState.of(now.configuration().withNewKey(kind, key), EncryptionState.PREPARE));
    }

    private EncryptionState rotate(EncryptionState now, Kind kind) throws IOException, Refusal {
        return keeper.change(Optional.of(now),
                EncryptionState.of(now.configuration().rotated(kind), EncryptionState.ROTATE));
    }

    /// @return whether Secrets are being written again now
    private boolean enable(boolean enable) throws IOException, Refusal {
        Optional<EncryptionState> now = keeper.current();
        Kind kind = EncryptionState.kind(settings);
        if (now.isEmpty()) {
            if (!enable) {
                throw new Refusal(400, "secrets encryption is not set up");
            }
            EncryptionKey key = EncryptionKey.random(EncryptionState.keyName(kind, clock.instant()), random);
            keeper.change(now, EncryptionState.of(EncryptionConfiguration.prepared(kind, key), EncryptionState.START));
            LOG.log(Level.INFO, "Enabling secrets encryption with identity provider, restart with secrets-encryption");
            return false;
        }
        keeper.marks().api();
        EncryptionState next = now.get();
        if (next.configuration().on() != enable) {
            next = keeper.change(now, EncryptionState.of(next.configuration().enabled(enable, kind), next.stage()));
        }
        // whoever changed it may have been interrupted before all Secrets were written; those that were cost nothing
        keeper.awaitAgreement();
        return reencrypt(next, kind, true);
    }

    /// Begins on a thread of its own, as K3s does; what comes of it is seen by the stage, the log and Events.
    private boolean reencrypt(EncryptionState now, Kind kind, boolean skip) throws Refusal {
        ApiClient api = keeper.marks().api();
        keeper.marks().active(true);
        keeper.step();
        Reencryption all = new Reencryption(api, keeper.marks().name(), events);
        running = all;
        Thread.ofVirtual().name("supervisor-reencryption").start(() -> reencrypt(all, now, kind, skip));
        return true;
    }

    private void reencrypt(Reencryption all, EncryptionState now, Kind kind, boolean skip) {
        try {
            all.run();
            keeper.marks().active(false);
            if (!skip) {
                keeper.change(Optional.of(now), EncryptionState.of(now.configuration().withoutOldKey(kind),
                        EncryptionState.FINISHED));
            }
        } catch (IOException | Refusal | RuntimeException failed) {
            LOG.log(Level.WARNING, "Secrets encryption: stopped, give the same command again: "
                    + failed.getMessage());
        } finally {
            // it knows a client, whose API server may be replaced
            running = null;
            keeper.marks().active(false);
            keeper.step();
            working.release();
        }
    }

    /// Blocks for up to two seconds while Secrets are being written again, then ends that before the next Secret and
    /// waits one second more; nothing begins any more.
    @Override
    public void close() {
        try {
            if (working.tryAcquire(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
            Reencryption now = running;
            if (now != null) {
                now.stop();
            }
            if (!working.tryAcquire(1, TimeUnit.SECONDS)) {
                LOG.log(Level.WARNING, "Secrets are still being encrypted anew while this component stops");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
