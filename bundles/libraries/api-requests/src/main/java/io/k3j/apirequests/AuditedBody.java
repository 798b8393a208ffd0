package io.k3j.apirequests;

import io.k3j.cbor.Cbor;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Protobuf;
import io.k3j.codec.Yaml;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.objectregistry.ObjectDecoder;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/// Keeps the bytes of an answer for the audit of its request, where the policy asks for them: up to a bound, beyond
/// which the answer is left out and the event says so, as upstream's truncation does. For one thread.
final class AuditedBody {
    /// The largest answer recorded, in bytes: as large as the largest body taken. A list can be of any length.
    static final int MOST_BYTES = ObjectDecoder.MAX_BYTES;
    private static final String TRUNCATED = "audit.k8s.io/truncated";
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final AuditContext audit;
    private final Protobuf protobuf;
    /// There where something is kept: most answers are not.
    private final @Nullable ByteArrayOutputStream kept;
    private boolean whole;

    AuditedBody(AuditContext audit, Protobuf protobuf) {
        this.audit = audit;
        this.protobuf = protobuf;
        this.whole = audit.keepsResponses();
        this.kept = whole ? new ByteArrayOutputStream() : null;
    }

    /// The next bytes, copied.
    void more(byte[] bytes) {
        if (kept == null || !whole) {
            return;
        }
        if (bytes.length > MOST_BYTES - kept.size()) {
            whole = false;
            kept.reset();
            audit.annotate(TRUNCATED, "true");
            return;
        }
        kept.writeBytes(bytes);
    }

    /// The answer is complete. What is no object, such as the text of a health check, is not recorded. Whatever goes
    /// wrong in here is wrong with the recording and not with the answer, whose write may be done.
    void end(String mediaType) {
        if (kept != null && whole) {
            try {
                Struct object = object(mediaType, kept.toByteArray());
                if (object.has("kind")) {
                    audit.response(object);
                }
            } catch (MalformedInput none) {
                // text or a document of another kind
            } catch (RuntimeException unread) {
                audit.annotate(TRUNCATED, "true");
                LOG.log(System.Logger.Level.DEBUG, "Answer left out of its audit event mediaType=" + mediaType, unread);
            }
        }
    }

    private Struct object(String mediaType, byte[] bytes) {
        if (mediaType.startsWith(Form.Type.PROTOBUF.mediaType())) {
            return protobuf.object(bytes, new Gvk("", "", ""));
        }
        if (mediaType.startsWith(Form.Type.YAML.mediaType())) {
            return Yaml.document(bytes).object();
        }
        if (mediaType.startsWith(Form.Type.CBOR.mediaType())) {
            return Cbor.written(bytes);
        }
        return mediaType.startsWith(Form.Type.JSON.mediaType()) ? Json.object(bytes) : Struct.EMPTY;
    }
}
