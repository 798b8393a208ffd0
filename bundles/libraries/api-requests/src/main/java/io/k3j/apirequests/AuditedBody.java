package io.k3j.apirequests;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Protobuf;
import io.k3j.codec.Yaml;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.objectregistry.ObjectDecoder;
import java.io.ByteArrayOutputStream;

/// Keeps the bytes of an answer for the audit of its request, where the policy asks for them: up to a bound, beyond
/// which the answer is left out and the event says so, as upstream's truncation does. For one thread.
final class AuditedBody {
    /// The largest answer recorded, in bytes: as large as the largest body taken. A list can be of any length.
    static final int MOST_BYTES = ObjectDecoder.MAX_BYTES;
    private static final String TRUNCATED = "audit.k8s.io/truncated";
    private final AuditContext audit;
    private final Protobuf protobuf;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean whole;

    AuditedBody(AuditContext audit, Protobuf protobuf) {
        this.audit = audit;
        this.protobuf = protobuf;
        this.whole = audit.keepsResponses();
    }

    /// The next bytes, copied.
    void more(byte[] bytes) {
        if (!whole) {
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

    /// The answer is complete. What is no object, such as the text of a health check, is not recorded.
    void end(String mediaType) {
        if (whole) {
            try {
                Struct object = object(mediaType, kept.toByteArray());
                if (object.has("kind")) {
                    audit.response(object);
                }
            } catch (MalformedInput none) {
                // text or a document of another kind
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
        return mediaType.startsWith(Form.Type.JSON.mediaType()) ? Json.object(bytes) : Struct.EMPTY;
    }
}
