package io.k3j.objectregistry;

import io.k3j.apimachinery.ElementCount;
import io.k3j.apimachinery.JsonSize;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Document;
import io.k3j.codec.Protobuf;
import io.k3j.codec.Yaml;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.schema.DecodeFailure;
import io.k3j.schema.Decoding;
import io.k3j.schema.Pruning;
import io.k3j.schema.Shape;
import java.util.List;
import java.util.function.Consumer;

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

    /// What a change made of an object. One that has more than [#MOST_ELEMENTS] already, from a store that took it, may
    /// shrink, and lose its finalizers.
    /// @throws ApiFault 400, 413
    Struct changed(Struct before, Struct after, Expected expected) {
        if (hasTooMany(after)
                && ElementCount.atLeast(after, Long.MAX_VALUE) > ElementCount.atLeast(before, Long.MAX_VALUE)) {
            checkElements(after, expected.kind);
        }
        return unbounded(new Document(after, List.of()), expected, NOTHING);
    }

    private Struct unbounded(Document document, Expected expected, byte[] json) {
        boolean builtIn = protobuf.knows(expected.kind);
        Struct object;
        List<String> unknown;
        try {
            if (builtIn) {
                Decoding.Decoded d = Decoding.decode(expected.shape, document.object());
                object = d.object();
                unknown = d.unknown();
            } else {
                Pruning.Pruned p = Pruning.prune(expected.shape, document.object());
                object = p.object();
                unknown = p.unknown();
            }
        } catch (DecodeFailure e) {
            throw undecodable(expected.kind, String.valueOf(e.getMessage()));
        }
        if (!unknown.isEmpty() || !document.duplicates().isEmpty()) {
            complain(StrictErrors.of(document, unknown, builtIn ? json : NOTHING), expected);
        }
        return object;
    }

    /// `Ignore` says nothing.
    private static void complain(StrictErrors errors, Expected expected) {
        switch (expected.validation) {
            case "Strict" -> throw undecodable(expected.kind, "strict decoding error: " + errors.text());
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
