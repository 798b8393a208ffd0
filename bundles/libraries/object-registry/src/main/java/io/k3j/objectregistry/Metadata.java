package io.k3j.objectregistry;

import io.k3j.apimachinery.Rfc3339;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.ResourceKind.Strategy;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.ManagedFields;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The part of `metadata` that belongs to the server: names, uid, times, generation ("API conventions, Metadata";
/// upstream's `rest.BeforeCreate` and `BeforeUpdate`). Pure but for its clock and chance; any thread.
public final class Metadata {
    /// Without vowels and digits that look like letters, so that no words arise; upstream's `utilrand`.
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final int SUFFIX = 5;
    /// With the suffix 63, the most of a DNS label.
    private static final int MAX_BASE = 58;
    /// So much of what is no version is told.
    private static final int LONGEST = 256;
    /// A client's values of these do not count once an object is there.
    private static final List<String> KEPT = List.of("name", "generateName", "namespace", "uid", "creationTimestamp",
            "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "managedFields");
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Supplier<UUID> uids;

    /// @param clock for `creationTimestamp`, `deletionTimestamp` and the times of managers
    /// @param random for generated names
    /// @param uids of new objects
    public Metadata(InstantSource clock, RandomGenerator random, Supplier<UUID> uids) {
        this.clock = clock;
        this.random = random;
        this.uids = uids;
    }

    /// Now, in whole seconds, as times of objects are written.
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /// A name made from `generateName`: its beginning and five characters by chance. It may be taken.
    String generated(String base) {
        StringBuilder b = new StringBuilder(base.substring(0, Math.min(MAX_BASE, base.length())));
        for (int i = 0; i < SUFFIX; i++) {
            b.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return b.toString();
    }

    /// A new object's metadata. What a client says of uid, times and generation is dropped without a word, as
    /// upstream does.
    Struct created(Intent intent, Struct object) {
        Struct given = object.struct("metadata");
        Struct.Builder b = Struct.builder().putUnlessEmpty("name", intent.key().name())
                .putUnlessEmpty("generateName", given.text("generateName"))
                .putUnlessEmpty("namespace", intent.key().namespace()).put("uid", uids.get().toString());
        if (intent.target().kind().strategy().generation()) {
            b.put("generation", 1L);
        }
        b.put("creationTimestamp", Rfc3339.seconds(now()));
        copyRest(given, b);
        return object.with("metadata", b.build());
    }

    /// A changed object's metadata: what the server owns is as it was, but for `managedFields`, which a writer of
    /// the object itself may set.
    Struct changed(Intent intent, Struct before, Struct object) {
        return owned(intent.subresource().isEmpty() ? ManagedFields.claimed(before, object)
                : before.struct("metadata"), object);
    }

    /// An object with the metadata that belongs to the server as it was.
    private static Struct owned(Struct old, Struct object) {
        Struct.Builder b = Struct.builder();
        for (String name : KEPT) {
            Object value = old.get(name);
            if (value != null) {
                b.put(name, value);
            }
        }
        copyRest(object.struct("metadata"), b);
        return object.with("metadata", b.build());
    }

    /// An object after somebody outside has changed it: what the server owns is as it was. As upstream, a change of the
    /// name, namespace or uid of an object that is there is an error; of a new one the namespace must be the request's,
    /// name and uid stay.
    /// @throws ApiFault 400, 422
    Struct kept(Intent intent, Write write, Struct was, Struct now) {
        Struct old = was.struct("metadata");
        Struct given = now.struct("metadata");
        boolean creation = write.before().isEmpty();
        for (String name : List.of("name", "namespace", "uid")) {
            if (!creation && !given.text(name).equals(old.text(name))) {
                throw Shaping.invalid(intent, List.of(FieldProblem.invalid("metadata." + name, given.text(name),
                        "field is immutable")));
            }
        }
        if (creation && !given.text("namespace").equals(old.text("namespace"))) {
            throw ApiFault.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
        return owned(old, now);
    }

    /// `resourceVersion` is never stored: it is the revision of the row.
    private static void copyRest(Struct given, Struct.Builder b) {
        given.forEach((name, value) -> {
            if (!KEPT.contains(name) && !name.equals("resourceVersion") && !name.equals("selfLink")) {
                b.put(name, value);
            }
        });
    }

    /// The object with its generation raised when anything but metadata differs, and but the status where that is
    /// written on its own. Controllers tell by it whether the wish has changed (`observedGeneration`); to some of them
    /// annotations are a part of it.
    Struct generation(Intent intent, Struct before, Struct after) {
        Strategy strategy = intent.target().kind().strategy();
        boolean annotated = strategy.annotations() && intent.subresource().isEmpty()
                && !annotations(before).equals(annotations(after));
        if (!annotated && body(before, strategy.status()).equals(body(after, strategy.status()))) {
            return after;
        }
        return after.withAt(before.struct("metadata").whole("generation", 0) + 1, "metadata", "generation");
    }

    private static Struct annotations(Struct object) {
        return object.struct("metadata").struct("annotations");
    }

    private static Struct body(Struct object, boolean without) {
        Struct body = object.without("metadata");
        return without ? body.without("status") : body;
    }

    /// The object marked for deletion, after `grace` seconds. `deletionTimestamp` is the time at which the grace is
    /// over, not that of the request. Being marked counts as a change of the wish, once.
    Struct marked(Struct object, long grace) {
        Struct metadata = object.struct("metadata").with("deletionTimestamp", now().plusSeconds(grace).toString())
                .with("deletionGracePeriodSeconds", grace);
        if (metadata.whole("generation", 0) > 0 && !Obj.stored(object, 0).terminating()) {
            metadata = metadata.with("generation", metadata.whole("generation", 0) + 1);
        }
        return object.with("metadata", metadata);
    }

    /// An object that has a grace period, with a shorter one: it ends that long after the deletion was asked for. Where
    /// that is over already the object has a second more, since somebody still has to see the change and end what it
    /// stands for, unless `grace` is 0, which asks for no end but this one.
    Struct hastened(Struct object, long grace) {
        Struct metadata = object.struct("metadata");
        Instant end = Instant.parse(metadata.text("deletionTimestamp"))
                .minusSeconds(metadata.whole("deletionGracePeriodSeconds", 0)).plusSeconds(grace);
        Instant now = clock.instant();
        boolean over = end.isBefore(now);
        return object.with("metadata", metadata
                .with("deletionTimestamp", (over ? now.truncatedTo(ChronoUnit.SECONDS) : end).toString())
                .with("deletionGracePeriodSeconds", over ? Math.min(grace, 1) : grace));
    }

    /// Checks that body and path speak of the same object, as upstream's `checkName`: who may write, and what audit
    /// tells, was settled by the path. Where that has no name, as for POST, the body says it. What only the path says
    /// is put into the object later, by [#created] and [#changed].
    ///
    /// @return the object as it was given
    /// @throws ApiFault 400
    static Struct placed(Intent intent, Struct object) {
        Struct given = object.struct("metadata");
        String namespace = given.text("namespace");
        // on kinds that have none it is dropped, as upstream does: charts write it there
        boolean namespaced = intent.target().kind().namespaced();
        if (namespaced && !namespace.isEmpty() && !namespace.equals(intent.key().namespace())) {
            throw ApiFault.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
        String name = given.text("name");
        String path = intent.key().name();
        if (!path.isEmpty() && !name.equals(path)) {
            throw ApiFault.badRequest(name.isEmpty()
                    ? "the name of the object (" + path + " based on URL) was undeterminable: name must be provided"
                    : "the name of the object (" + name + ") does not match the name on the URL (" + path + ")");
        }
        return object;
    }

    /// Whether an object that is to be new names a version. What is no number, or zero, is none, as upstream reads it.
    static boolean versioned(Struct object) {
        return unsigned(object.struct("metadata").text("resourceVersion")).orElse(0) != 0;
    }

    /// The version that a writer names in `metadata`, with 64 bits; 0 when there is none.
    /// @throws ApiFault 500 for what is no number, as upstream's store answers
    public static long version(Struct metadata) {
        String text = metadata.text("resourceVersion");
        return text.isEmpty() ? 0 : unsigned(text).orElseThrow(() -> new ApiFault(500, "",
                "strconv.ParseUint: parsing \"" + (text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text)
                        + "\": " + (decimal(text) ? "value out of range" : "invalid syntax"),
                Struct.EMPTY));
    }

    /// As Go reads a number of 64 bits: digits and nothing else.
    private static OptionalLong unsigned(String text) {
        try {
            return decimal(text) ? OptionalLong.of(Long.parseUnsignedLong(text)) : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static boolean decimal(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /// Checks the uid a writer names, if any.
    /// @throws ApiFault 409
    public static void sameUid(Gvr gvr, String name, String wanted, String actual) {
        if (!wanted.isEmpty() && !wanted.equals(actual)) {
            throw ApiFault.conflict(gvr, name,
                    "Precondition failed: UID in precondition: " + wanted + ", UID in object meta: " + actual);
        }
    }
}
