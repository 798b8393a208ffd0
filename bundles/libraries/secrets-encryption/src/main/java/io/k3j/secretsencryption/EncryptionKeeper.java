package io.k3j.secretsencryption;

import io.k3j.clusteragreement.BootstrapData;
import io.k3j.clusteragreement.BootstrapFiles;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.model.Struct;
import io.k3j.pki.BootstrapSeal;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.SupervisorSettings;
import io.k3j.supervisorrequests.Refusal;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Keeps the encryption configuration of this server the same as that of the bootstrap record, and changes both. A
/// change is in the record first and on the disk then; other servers take it over within seconds, without a restart,
/// and say so by [EncryptionMarks]. Any thread: one follows or changes at a time.
///
/// One for a server. The API server reads the file by itself, so that nothing here has to be told to it. A server that
/// is killed between the record and the disk follows the record when it starts again.
public final class EncryptionKeeper {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// The field of the record that K3s has for the file itself, with the keys.
    private static final String CONFIG = BootstrapFiles.ENCRYPTION;
    /// The field of the record that K3s has for stage and hash.
    private static final String STATE = "EncryptionHash";

    private final ServerLayout layout;
    private final Supplier<@Nullable Datastore> datastore;
    private final Supplier<String> password;
    private final EncryptionMarks marks;
    private final InstantSource clock;
    private final RandomGenerator random;
    /// The revision of the record that was taken over last; -1 for none.
    private long seen = -1;
    /// Whether the last look came to its end: one that did not is made again although nothing changed since.
    private boolean followed;

    /// For one server.
    ///
    /// @param layout where the files are
    /// @param datastore null while there is none
    /// @param password that of the server token, as it is at each look: it may be changed
    /// @param marks what the servers say about what they have
    /// @param clock for the time in the record
    /// @param random fit for cryptography
    // where the record lies and how it is opened
    @SuppressWarnings("checkstyle:ParameterNumber")
    public EncryptionKeeper(ServerLayout layout, Supplier<@Nullable Datastore> datastore, Supplier<String> password,
            EncryptionMarks marks, InstantSource clock, RandomGenerator random) {
        this.layout = layout;
        this.datastore = datastore;
        this.password = password;
        this.marks = marks;
        this.clock = clock;
        this.random = random;
    }

    /// Makes the first key of a server that should encrypt and has no configuration; to be called before the API
    /// server writes its first Secret. Blocks for the disk.
    /// @throws IOException when `--secrets-encryption-provider` names none, or a file cannot be written
    public static void ensure(ServerLayout layout, SupervisorSettings settings, RandomGenerator random)
            throws IOException {
        EncryptionState.ensure(layout, settings, random);
    }

    /// Looks once, if there is a datastore. Blocks as the other one does.
    void step() {
        Datastore store = datastore.get();
        if (store != null) {
            step(store, true);
        }
    }

    /// Looks once, at the record, too, when it may have `changed` or could not be followed before. Blocks for the
    /// datastore, the disk and the API; does not throw: what fails is logged, and tried again at the next call.
    ///
    /// @param changed whether the record may be another than at the last call
    /// @return whether nothing is left to do before it changes
    public boolean step(Datastore store, boolean changed) {
        try {
            follow(store, changed);
            Optional<EncryptionState> now = EncryptionState.read(layout);
            return now.isEmpty() || marks.show(store, now.get());
        } catch (DatastoreUnavailable away) {
            LOG.log(Level.DEBUG, "Not now", away);
        } catch (IOException | RuntimeException failed) {
            LOG.log(Level.WARNING, "Cannot follow the encryption configuration, retrying: " + failed.getMessage());
        }
        return false;
    }

    /// Under the same lock as [#change], so that neither sees the other half done.
    private synchronized void follow(Datastore store, boolean changed) throws IOException {
        if (changed || !followed) {
            followed = false;
            follow(store);
            followed = true;
        }
    }

    /// An empty record is one that a server is just making: K3s holds its place by that.
    private void follow(Datastore store) throws IOException {
        Optional<Entry> entry = store.get(BootstrapSeal.key(password.get()));
        if (entry.isEmpty() || entry.get().revision() == seen || entry.get().value().length == 0) {
            return;
        }
        Optional<Struct> record = new BootstrapData(store, password.get(), random).read();
        Optional<EncryptionState> theirs = record.flatMap(EncryptionKeeper::state);
        if (theirs.isPresent() && !theirs.equals(EncryptionState.read(layout))) {
            theirs.get().write(layout);
            LOG.log(Level.INFO, "Adopted the encryption configuration stage=" + theirs.get().stage());
        }
        seen = entry.get().revision();
    }

    /// Empty for a record without a configuration, which says nothing about ours.
    private static Optional<EncryptionState> state(Struct record) {
        return BootstrapFiles.content(record, CONFIG)
                .map(text -> EncryptionState.of(text, BootstrapFiles.content(record, STATE)));
    }

    /// What is in force on this server; empty when it never had a configuration.
    Optional<EncryptionState> current() throws IOException {
        return EncryptionState.read(layout);
    }

    /// Puts `next` in the place of `before`, in the record and on the disk. Blocks for both.
    ///
    /// @param before what the caller started from; the record must still have it
    /// @return `next`
    /// @throws IOException when the disk fails; the record has it then, and the next step writes the file
    /// @throws Refusal 409 when another server was faster, 503 when the datastore is away
    synchronized EncryptionState change(Optional<EncryptionState> before, EncryptionState next)
            throws IOException, Refusal {
        Datastore store = store();
        BootstrapData bootstrap = new BootstrapData(store, password.get(), random);
        String when = Instant.ofEpochSecond(clock.instant().getEpochSecond()).toString();
        boolean done = bootstrap.replace(record -> {
            Optional<String> there = BootstrapFiles.content(record, CONFIG);
            return there.equals(before.map(EncryptionState::text))
                    ? Optional.of(record.with(CONFIG, BootstrapFiles.field(next.text(), when)).with(STATE,
                            BootstrapFiles.field(next.mark(), when)))
                    : Optional.empty();
        });
        if (!done) {
            throw new Refusal(409, "another server has just changed the encryption configuration; look at it with:"
                    + " k3s secrets-encrypt status");
        }
        next.write(layout);
        marks.show(store, next);
        LOG.log(Level.INFO, "Changed the encryption configuration stage=" + next.stage());
        return next;
    }

    /// For what cannot wait for a datastore: a request is answered now.
    private Datastore store() throws Refusal {
        Datastore store = datastore.get();
        if (store == null) {
            throw new Refusal(503, "the datastore is away");
        }
        return store;
    }

    /// Why the servers do not all have what this one has, empty when they do or there is nothing to have.
    /// @throws Refusal 503 when the datastore is away
    Optional<String> disagreement() throws IOException, Refusal {
        Optional<EncryptionState> now = current();
        return now.isEmpty() ? Optional.empty() : marks.disagreement(store(), now.get());
    }

    /// Waits until all servers have what this one has, thirty seconds at most. There has to be a configuration.
    /// @throws Refusal 503 naming the server that has not
    void awaitAgreement() throws IOException, Refusal {
        marks.await(store(), current().orElseThrow());
    }

    /// The servers' marks.
    EncryptionMarks marks() {
        return marks;
    }
}
