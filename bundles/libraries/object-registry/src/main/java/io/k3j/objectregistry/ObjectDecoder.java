package io.k3j.objectregistry;

import io.k3j.apimachinery.ElementCount;
import io.k3j.apimachinery.GoPrint;
import io.k3j.apimachinery.JsonSize;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Document;
import io.k3j.codec.Json;
import io.k3j.codec.Protobuf;
import io.k3j.codec.Yaml;
import io.k3j.model.Gvk;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import io.k3j.schema.DecodeFailure;
import io.k3j.schema.Decoding;
import io.k3j.schema.Pruning;
import io.k3j.schema.Shape;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Trees typed as their kind's schema says, which is what upstream's decoders do beside reading. Any thread.
///
/// Built-in kinds come out as Go's types would hold them, unknown fields dropped; custom ones are pruned to their
/// structural schema.
public final class ObjectDecoder {
    /// The largest document taken: 3 MiB, upstream's `MaxRequestBodyBytes`.
    public static final int MAX_BYTES = 3 << 20;
    /// The most elements of an object, before anything is filled in: objects, lists and nulls. `{},` is three bytes and
    /// becomes a container with all its defaults.
    public static final int MOST_ELEMENTS = 100_000;
    private static final byte[] NOTHING = {};
    private static final int SHOWN = 1024;
    private final Protobuf protobuf;

    /// @param protobuf of kinds whose protobuf form is known, which are Kubernetes' own
    public ObjectDecoder(Protobuf protobuf) {
        this.protobuf = protobuf;
    }

    /// What a document is to be.
    ///
    /// @param kind as the path says
    /// @param shape of its fields
    /// @param validation of fields that are unknown or given twice, as the parameter `fieldValidation` says it:
    /// `Strict` refuses, `Warn` or nothing warns, `Ignore` passes over them
    /// @param warnings takes texts for the client
    public record Expected(Gvk kind, Shape shape, String validation, Consumer<String> warnings) {
    }

    /// 413 for what is larger than [#MAX_BYTES].
    public static ApiFault tooLarge() {
        return new ApiFault(413, "RequestEntityTooLarge", "Request entity too large: limit is " + MAX_BYTES,
                Struct.EMPTY);
    }

    /// Refuses an object with more elements than it may have, [#MOST_ELEMENTS] of them in what it says of its owners
    /// besides.
    /// @throws ApiFault 413
    static void checkElements(Struct object, Gvk kind) {
        if (hasTooMany(object)) {
            String place = ElementCount.place(object, MOST_ELEMENTS);
            throw new ApiFault(413, "RequestEntityTooLarge", "Request entity too large: " + kind.kind()
                    + " has more than " + MOST_ELEMENTS + " objects, lists and nulls"
                    + (place.isEmpty() ? "" : ", most of them in " + place)
                    + "; each takes memory for its defaults. Write several smaller objects", Struct.EMPTY);
        }
    }

    private static boolean hasTooMany(Struct object) {
        long owners = ElementCount.atLeast(object.at("metadata", "managedFields"), MOST_ELEMENTS);
        long most = owners + MOST_ELEMENTS;
        return ElementCount.atLeast(object, most + 1) > most;
    }

    /// A document of YAML, whose aliases may not stand for more than a body may hold.
    /// @throws MalformedInput when it is none
    /// @throws ApiFault 413
    public static Document yaml(byte[] bytes) {
        Document document = Yaml.document(bytes);
        if (JsonSize.atLeast(document.object(), MAX_BYTES + 1L) > MAX_BYTES) {
            throw tooLarge();
        }
        return document;
    }

    /// A tree as its kind's Go type would hold it.
    ///
    /// @throws ApiFault 400 for a value that does not fit its field, or what `Strict` refuses; 413 for one with more
    /// than [#MOST_ELEMENTS]
    public Struct typed(Document document, Expected expected) {
        return typed(document, expected, NOTHING);
    }

    /// The same; of a kind of Kubernetes' own what is wrong is told in the order of its text.
    /// @param json the document's text, empty when it was none
    /// @throws ApiFault 400, 413
    public Struct typed(Document document, Expected expected, byte[] json) {
        checkElements(document.object(), expected.kind);
        return unbounded(document, expected, json);
    }

    /// What a patch made of an object. One that has more than [#MOST_ELEMENTS] already, from a store that took it, may
    /// shrink, and lose its finalizers.
    /// @throws ApiFault 422 for a value that does not fit its field, or what `Strict` refuses; 413
    Struct changed(Struct before, Struct after, Expected expected, Patch patch) {
        if (hasTooMany(after)
                && ElementCount.atLeast(after, Long.MAX_VALUE) > ElementCount.atLeast(before, Long.MAX_VALUE)) {
            checkElements(after, expected.kind);
        }
        try {
            Decoding.Decoded d = decoded(after, expected);
            List<String> unknown = d.unknown().stream().sorted().map(Decoding::unknown).toList();
            complain(new StrictErrors(false, patch.strict(), unknown), expected,
                    why -> unfit(expected.kind, patch, after, why));
            return d.object();
        } catch (DecodeFailure e) {
            throw unfit(expected.kind, patch, after,
                    patch instanceof Patch.Strategic ? e.conversion() : e.getMessage());
        }
    }

    /// 422 in upstream's words, which name neither kind nor object. What is in a Secret is left out: an audit event has
    /// the message at every level. A problem that is long is cut, and its reason comes last: little else is shown.
    private static ApiFault unfit(Gvk kind, Patch patch, Struct after, @Nullable String why) {
        String shown = kind.kind().equals("Secret") ? ""
                : patch instanceof Patch.Strategic s ? GoPrint.value(s.changes()) : Json.text(after);
        return FieldProblem.fault(Gvk.of("", ""), "", List.of(FieldProblem.invalid("patch",
                shown.substring(0, Math.min(shown.length(), SHOWN)), String.valueOf(why))));
    }

    private Struct unbounded(Document document, Expected expected, byte[] json) {
        try {
            Decoding.Decoded d = decoded(document.object(), expected);
            byte[] text = protobuf.knows(expected.kind) ? json : NOTHING;
            complain(StrictErrors.of(document, d.unknown(), text), expected, why -> undecodable(expected.kind, why));
            return d.object();
        } catch (DecodeFailure e) {
            throw undecodable(expected.kind, String.valueOf(e.getMessage()));
        }
    }

    private Decoding.Decoded decoded(Struct object, Expected expected) {
        if (protobuf.knows(expected.kind)) {
            return Decoding.decode(expected.shape, object);
        }
        Pruning.Pruned p = Pruning.prune(expected.shape, object);
        return new Decoding.Decoded(p.object(), p.unknown());
    }

    /// `Ignore` says nothing.
    private static void complain(StrictErrors errors, Expected expected, Function<String, ApiFault> refusal) {
        if (errors.duplicates().isEmpty() && errors.unknown().isEmpty()) {
            return;
        }
        switch (expected.validation) {
            case "Strict" -> throw refusal.apply("strict decoding error: " + errors.text());
            case "", "Warn" -> errors.warnings().forEach(expected.warnings);
            default -> {
            }
        }
    }

    /// 400 for what cannot be a kind, in the words of upstream's codec.
    public static ApiFault undecodable(Gvk kind, String why) {
        return ApiFault.badRequest(kind.kind() + " in version \"" + kind.version() + "\" cannot be handled as a "
                + kind.kind() + ": " + why);
    }
}
