package io.k3j.apirequests;

import io.k3j.apimachinery.OwnerReferences;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.cbor.Cbor;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.codec.Document;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Protobuf;
import io.k3j.edgeapi.BodyTooLarge;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Gvk;
import io.k3j.model.Null;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import io.k3j.objectregistry.ObjectDecoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntConsumer;

/// Request bodies: bytes to objects, patches and options. What a media type may stand for is decided here and nowhere
/// else. Immutable, any thread. Bodies are hostile: their size is bounded while they are read, their depth by the
/// decoders.
///
/// | media type | object | delete options | patch |
/// |---|---|---|---|
/// | `application/json`, `application/yaml` | yes | yes | |
/// | `application/vnd.kubernetes.protobuf` | yes | yes | |
/// | `application/cbor`, where it is taken | yes | yes | |
/// | `application/json-patch+json` | | | RFC 6902 |
/// | `application/merge-patch+json` | | | RFC 7386 |
/// | `application/strategic-merge-patch+json` | | | built-in kinds only |
/// | `application/apply-patch+yaml` | | | server-side apply; JSON is YAML too |
/// | `application/apply-patch+cbor`, where CBOR is taken | | | server-side apply |
public final class Bodies {
    /// For bodies that are not JSON: their bytes are no use to who looks for unknown fields.
    private static final byte[] NOTHING = {};
    private static final Gvk DELETE_OPTIONS = new Gvk("", "v1", "DeleteOptions");
    private final Protobuf protobuf;
    private final ObjectDecoder decoder;
    private final boolean cbor;

    /// For JSON, YAML and this protobuf.
    public Bodies(Protobuf protobuf) {
        this(protobuf, false);
    }

    /// @param cbor whether CBOR is taken, too, which is behind the gate `CBORServingAndStorage`
    public Bodies(Protobuf protobuf, boolean cbor) {
        this.protobuf = protobuf;
        this.cbor = cbor;
        this.decoder = new ObjectDecoder(protobuf);
    }

    /// The raw body. Blocks while the client sends.
    ///
    /// @param arrived told of each piece, in bytes, before the next is waited for; what it throws ends the reading
    /// @throws ApiFault 413 beyond `ObjectDecoder.MAX_BYTES`
    /// @throws IOException when the client has gone
    static byte[] bytes(Exchange exchange, IntConsumer arrived) throws IOException {
        try {
            return exchange.body(ObjectDecoder.MAX_BYTES, arrived);
        } catch (BodyTooLarge e) {
            throw ObjectDecoder.tooLarge();
        }
    }

    /// The media type of the body without parameters, in lower case; JSON when the client does not say.
    static String mediaType(Request request) {
        String type = request.exchange().header("content-type").orElse("application/json");
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    }

    /// The object in the body, in the version of the path, with `apiVersion` and `kind`. What the schema does not know
    /// is dropped, warned of or refused as `fieldValidation` says ("Server Side Field Validation").
    ///
    /// @param expected the kind the path asks for and how strictly to read
    /// @throws ApiFault 400 when it cannot be decoded or is of another kind, 413, 415
    public Struct object(Request request, ObjectDecoder.Expected expected) throws IOException {
        byte[] bytes = request.body();
        Document document;
        try {
            document = document(request, bytes, expected.kind());
        } catch (MalformedInput e) {
            throw ObjectDecoder.undecodable(expected.kind(), String.valueOf(e.getMessage()));
        }
        Struct object = named(document.object(), expected.kind());
        Struct typed = OwnerReferences.unique(decoder.typed(new Document(object, document.duplicates()), expected,
                mediaType(request).equals("application/json") ? bytes : NOTHING), false, request::warn);
        request.audit().request(typed);
        return typed;
    }

    /// A document of any form that objects are taken in.
    /// @throws MalformedInput when it is none
    private Document document(Request request, byte[] bytes, Gvk kind) {
        return switch (mediaType(request)) {
            case "application/json" -> Json.document(bytes, 0, bytes.length);
            case "application/yaml" -> ObjectDecoder.yaml(bytes);
            case "application/vnd.kubernetes.protobuf" -> new Document(protobuf(bytes, kind), List.of());
            case "application/cbor" -> new Document(cbor(request, bytes), List.of());
            default -> throw unsupported(request);
        };
    }

    private Struct cbor(Request request, byte[] bytes) {
        if (!cbor) {
            throw unsupported(request);
        }
        return Cbor.object(bytes);
    }

    private ApiFault unsupported(Request request) {
        return unsupported(request, "application/json, application/yaml, application/vnd.kubernetes.protobuf"
                + (cbor ? ", application/cbor" : ""));
    }

    /// Without its envelope (`k8s` and a zero byte) a message of another type would be read as one of this.
    private Struct protobuf(byte[] bytes, Gvk kind) {
        if (!Protobuf.enveloped(bytes)) {
            throw new MalformedInput("provided data does not appear to be a protobuf message, expected prefix "
                    + "[107 56 115 0]");
        }
        return protobuf.object(bytes, kind);
    }

    /// 415, saying what would be taken.
    ///
    /// @param supported media types, in upstream's order
    static ApiFault unsupported(Request request, String supported) {
        return new ApiFault(415, "UnsupportedMediaType", "the body of the request was in an unknown format - accepted "
                + "media types include: " + supported, Struct.EMPTY);
    }

    /// An object may leave out what it is: the path says it. What it says must be the path's, up to the version.
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

    /// The options of a deletion, from the body or, without one, from the query. Not checked yet: see [#options].
    ///
    /// @return `DeleteOptions`, empty when none are given
    /// @throws ApiFault 400, 413, 415
    public Struct deleteOptions(Request request) throws IOException {
        byte[] bytes = request.body();
        Params p = request.params();
        if (bytes.length == 0) {
            Struct.Builder b = Struct.builder();
            p.whole("gracePeriodSeconds").ifPresent(g -> b.put("gracePeriodSeconds", g));
            if (p.has("propagationPolicy")) {
                b.put("propagationPolicy", p.text("propagationPolicy"));
            }
            b.putUnlessEmpty("orphanDependents", p.has("orphanDependents") ? p.flag("orphanDependents") : null);
            if (!p.text("dryRun").isEmpty()) {
                b.put("dryRun", p.texts("dryRun"));
            }
            Struct named = Struct.builder().putUnlessEmpty("uid", p.text("uid"))
                    .putUnlessEmpty("resourceVersion", p.text("resourceVersion")).build();
            return b.putUnlessEmpty("preconditions", named).build();
        }
        try {
            Struct options = document(request, bytes, DELETE_OPTIONS).object();
            request.audit().sent(options);
            return options;
        } catch (MalformedInput e) {
            throw ObjectDecoder.undecodable(DELETE_OPTIONS, String.valueOf(e.getMessage()));
        }
    }

    /// Whether the body of a PATCH is what somebody wants to own (server-side apply), by its media type.
    public static boolean applies(Request request) {
        String type = mediaType(request);
        return type.equals(PatchBody.APPLY_YAML) || type.equals(PatchBody.APPLY_CBOR);
    }

    /// The patch in a request's body, not applied to anything yet.
    ///
    /// @param builtIn whether the kind is one of Kubernetes' own: only those have merge keys (strategic merge patch)
    /// @throws ApiFault 400 when it cannot be decoded, 413, 415
    public Patch patch(Request request, boolean builtIn) throws IOException {
        String type = mediaType(request);
        boolean known = switch (type) {
            case "application/json-patch+json", "application/merge-patch+json", PatchBody.APPLY_YAML -> true;
            case PatchBody.APPLY_CBOR -> cbor;
            case "application/strategic-merge-patch+json" -> builtIn;
            default -> false;
        };
        if (!known) {
            throw unsupported(request, "application/json-patch+json, application/merge-patch+json, "
                    + (builtIn ? "application/strategic-merge-patch+json, " : "") + PatchBody.APPLY_YAML
                    + (cbor ? ", " + PatchBody.APPLY_CBOR : ""));
        }
        byte[] bytes = request.body();
        try {
            return PatchBody.read(request, type, bytes);
        } catch (MalformedInput e) {
            throw ApiFault.badRequest("error decoding patch: " + e.getMessage());
        }
    }

    /// Delete options as the contract has them, which does not tell an empty uid from none: `ObjectDeletes` does.
    ///
    /// @param s as [#deleteOptions] gives them; a grace period that is missing becomes -1, the kind's own
    /// @throws ApiFault 400 for what is of another type; 422 for options that exclude each other, or that there are not
    public static DeleteOptions options(Struct s) {
        List<FieldProblem> problems = new ArrayList<>();
        boolean named = s.get("propagationPolicy") instanceof String;
        boolean orphans = s.get("orphanDependents") instanceof Boolean;
        String policy = s.text("propagationPolicy");
        if (named && orphans) {
            problems.add(FieldProblem.invalid("propagationPolicy", policy,
                    "orphanDependents and deletionPropagation cannot be both set"));
        }
        if (named && !List.of("Background", "Foreground", "Orphan").contains(policy)) {
            problems.add(FieldProblem.unsupported("propagationPolicy", policy,
                    "\"Foreground\", \"Background\", \"Orphan\", \"nil\""));
        }
        if (!s.seq("dryRun").stream().allMatch("All"::equals)) {
            problems.add(FieldProblem.unsupported("dryRun", s.seq("dryRun"), "\"All\""));
        }
        if (!problems.isEmpty()) {
            throw FieldProblem.fault(Gvk.of("meta.k8s.io/v1", "DeleteOptions"), "", problems);
        }
        String effective = orphans ? s.flag("orphanDependents") ? "Orphan" : "Background" : policy;
        Struct pre = s.struct("preconditions");
        return new DeleteOptions(grace(s), effective, precondition(pre, "uid").orElse(""),
                precondition(pre, "resourceVersion").map(Bodies::revision).orElse(0L));
    }

    private static Optional<String> precondition(Struct preconditions, String field) {
        return switch (preconditions.get(field)) {
            case String text -> Optional.of(text);
            case null -> Optional.empty();
            case Null _ -> Optional.empty();
            default -> throw ObjectDecoder.undecodable(DELETE_OPTIONS, "json: cannot unmarshal into Go struct field"
                    + " Preconditions.preconditions." + field + " of type string");
        };
    }

    /// Upstream compares texts: one that is not as an object shows its version is that of none, and -1 here.
    private static long revision(String text) {
        try {
            long revision = Long.parseLong(text);
            return revision > 0 && text.equals(Long.toString(revision)) ? revision : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /// Seconds, -1 for none. Upstream takes a negative number for one second, not for the object's own period.
    private static long grace(Struct options) {
        long asked = options.whole("gracePeriodSeconds", -1);
        return asked < 0 && options.get("gracePeriodSeconds") instanceof Long ? 1 : asked;
    }
}
