package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.codec.Document;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Protobuf;
import io.k3j.codec.Yaml;
import io.k3j.edgeapi.BodyTooLarge;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Gvk;
import io.k3j.model.JsonSize;
import io.k3j.model.Struct;
import io.k3j.schema.DecodeFailure;
import io.k3j.schema.Decoding;
import io.k3j.schema.Pruning;
import io.k3j.schema.Shape;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// Request bodies: bytes to trees, typed as the kind's schema says.
final class Bodies {
    /// The largest body taken.
    static final int MAX_BYTES = 3 << 20;
    private static final byte[] NOTHING = {};
    private final Protobuf protobuf;

    Bodies(Protobuf protobuf) {
        this.protobuf = protobuf;
    }

    /// What the body is to be: its kind, its shape, and what happens to fields nobody knows.
    record Expected(Gvk kind, Shape shape, String validation, Consumer<String> warnings) {
    }

    /// The raw body.
    /// @param arrived told of each piece
    /// @throws ApiFault 413
    static byte[] bytes(Exchange exchange, IntConsumer arrived) throws IOException {
        try {
            return exchange.body(MAX_BYTES, arrived);
        } catch (BodyTooLarge e) {
            throw tooLarge();
        }
    }

    /// 413.
    static ApiFault tooLarge() {
        return new ApiFault(413, "RequestEntityTooLarge", "Request entity too large: limit is " + MAX_BYTES,
                Struct.EMPTY);
    }

    /// The media type of the body without parameters, in lower case.
    static String mediaType(Request request) {
        String type = request.exchange().header("content-type").orElse("application/json");
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    }

    /// The object in the body.
    /// @throws ApiFault 400, 413, 415
    Struct object(Request request, Expected expected) throws IOException {
        byte[] bytes = request.body();
        Document document;
        try {
            document = switch (mediaType(request)) {
                case "application/json" -> Json.document(bytes, 0, bytes.length);
                case "application/yaml" -> yaml(bytes);
                case "application/vnd.kubernetes.protobuf" -> new Document(
                        protobuf(bytes, expected.kind), List.of());
                default -> throw unsupported(request, "application/json, application/yaml, "
                        + "application/vnd.kubernetes.protobuf");
            };
        } catch (MalformedInput e) {
            throw undecodable(expected.kind, e.getMessage());
        }
        Struct object = named(document.object(), expected.kind);
        boolean ordered = protobuf.knows(expected.kind) && mediaType(request).equals("application/json");
        return typed(new Document(object, document.duplicates()), expected, ordered ? bytes : NOTHING);
    }

    /// A document of YAML, whose aliases may not stand for more than a body may hold.
    /// @throws MalformedInput when it is none
    /// @throws ApiFault 413
    static Document yaml(byte[] bytes) {
        Document document = Yaml.document(bytes);
        if (JsonSize.atLeast(document.object(), MAX_BYTES + 1L) > MAX_BYTES) {
            throw tooLarge();
        }
        return document;
    }

    private Struct protobuf(byte[] bytes, Gvk kind) {
        if (!Protobuf.enveloped(bytes)) {
            throw new MalformedInput("provided data does not appear to be a protobuf message, expected prefix "
                    + "[107 56 115 0]");
        }
        return protobuf.object(bytes, kind);
    }

    /// 415, saying what would be taken.
    static ApiFault unsupported(Request request, String supported) {
        return new ApiFault(415, "UnsupportedMediaType", "the body of the request was in an unknown format - accepted "
                + "media types include: " + supported, Struct.EMPTY);
    }

    private static Struct named(Struct object, Gvk wanted) {
        String version = object.text("apiVersion", wanted.apiVersion());
        String kind = object.text("kind", wanted.kind());
        Gvk given = Gvk.of(version.isEmpty() ? wanted.apiVersion() : version, kind.isEmpty() ? wanted.kind() : kind);
        if (!given.kind().equals(wanted.kind()) || !given.group().equals(wanted.group())) {
            throw ApiFault.badRequest(given.kind() + " in version \"" + given.version() + "\" cannot be handled as a "
                    + wanted.kind() + ": no kind \"" + given.kind() + "\" is registered for version \""
                    + given.apiVersion() + "\" in scheme");
        }
        if (!given.version().equals(wanted.version())) {
            throw ApiFault.badRequest("the API version in the data (" + given.apiVersion()
                    + ") does not match the expected API version (" + wanted.apiVersion() + ")");
        }
        return given.equals(Gvk.of(object.text("apiVersion"), object.text("kind"))) ? object
                : object.with("apiVersion", wanted.apiVersion()).with("kind", wanted.kind());
    }

    /// A tree as its kind's Go type would hold it.
    /// @throws ApiFault 400
    Struct typed(Document document, Expected expected) {
        return typed(document, expected, NOTHING);
    }

    private Struct typed(Document document, Expected expected, byte[] json) {
        Struct object;
        List<String> unknown;
        try {
            if (protobuf.knows(expected.kind)) {
                Decoding.Decoded d = Decoding.decode(expected.shape, document.object());
                object = d.object();
                unknown = d.unknown();
            } else {
                Pruning.Pruned p = Pruning.prune(expected.shape, document.object());
                object = p.object();
                unknown = p.unknown();
            }
        } catch (DecodeFailure e) {
            throw undecodable(expected.kind, e.getMessage());
        }
        if (!unknown.isEmpty() || !document.duplicates().isEmpty()) {
            complain(StrictErrors.of(document, unknown, json), expected);
        }
        return object;
    }

    private static void complain(StrictErrors errors, Expected expected) {
        switch (expected.validation) {
            case "Strict" -> throw undecodable(expected.kind, "strict decoding error: " + errors.text());
            case "", "Warn" -> errors.warnings().forEach(expected.warnings);
            default -> {
            }
        }
    }

    private static ApiFault undecodable(Gvk kind, String why) {
        return ApiFault.badRequest(kind.kind() + " in version \"" + kind.version() + "\" cannot be handled as a "
                + kind.kind() + ": " + why);
    }

    /// The options of a deletion, from the body or, without one, from the query.
    /// @throws ApiFault 400, 413, 415
    Struct deleteOptions(Request request) throws IOException {
        byte[] bytes = request.body();
        Params p = request.params();
        if (bytes.length == 0) {
            Struct.Builder b = Struct.builder();
            p.whole("gracePeriodSeconds").ifPresent(g -> b.put("gracePeriodSeconds", g));
            b.putUnlessEmpty("propagationPolicy", p.text("propagationPolicy"));
            if (p.has("orphanDependents")) {
                b.put("orphanDependents", p.flag("orphanDependents"));
            }
            if (!p.text("dryRun").isEmpty()) {
                b.put("dryRun", p.texts("dryRun"));
            }
            return b.build();
        }
        try {
            return switch (mediaType(request)) {
                case "application/json" -> Json.object(bytes);
                case "application/yaml" -> yaml(bytes).object();
                case "application/vnd.kubernetes.protobuf" -> protobuf(bytes, new Gvk("", "v1", "DeleteOptions"));
                default -> throw unsupported(request, "application/json, application/yaml, "
                        + "application/vnd.kubernetes.protobuf");
            };
        } catch (MalformedInput e) {
            throw undecodable(new Gvk("", "v1", "DeleteOptions"), e.getMessage());
        }
    }

    /// Delete options as the contract has them.
    /// @throws ApiFault 400, 422
    static DeleteOptions options(Struct s) {
        String policy = s.text("propagationPolicy");
        if (!policy.isEmpty() && s.has("orphanDependents")) {
            throw ApiFault.badRequest("orphanDependents and deletionPropagation cannot be both set");
        }
        if (!List.of("", "Background", "Foreground", "Orphan").contains(policy)) {
            throw new ApiFault(422, "Invalid",
                    "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported"
                            + " value: \"" + policy
                            + "\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"",
                    Struct.of("group", "meta.k8s.io", "kind", "DeleteOptions"));
        }
        String effective = s.has("orphanDependents") ? s.flag("orphanDependents") ? "Orphan" : "Background" : policy;
        Struct pre = s.struct("preconditions");
        String revision = pre.text("resourceVersion");
        try {
            return new DeleteOptions(s.whole("gracePeriodSeconds", -1), effective, pre.text("uid"),
                    revision.isEmpty() ? 0 : Long.parseLong(revision));
        } catch (NumberFormatException e) {
            throw ApiFault.badRequest("preconditions.resourceVersion: Invalid value: \"" + revision + "\"");
        }
    }
}
