package io.k3j.stockrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.kubernetes.client.proto.Runtime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The messages of `client-java-proto` by kind, and the envelope they are kept in.
final class Messages {
    private static final byte[] MAGIC = {'k', '8', 's', 0};

    private Messages() {
    }

    /// Whether there is a message at all.
    static boolean known(String apiVersion, String kind) {
        FileDescriptor file = file(apiVersion);
        return file != null && file.findMessageTypeByName(kind) != null;
    }

    /// The message of a kind.
    static Descriptor of(String apiVersion, String kind) {
        FileDescriptor file = file(apiVersion);
        if (file == null || file.findMessageTypeByName(kind) == null) {
            throw new IllegalArgumentException("client-java-proto has no message for " + apiVersion + " " + kind);
        }
        return file.findMessageTypeByName(kind);
    }

    private static @Nullable FileDescriptor file(String apiVersion) {
        String[] parts = apiVersion.contains("/") ? apiVersion.split("/") : new String[] {"", apiVersion};
        String group = parts[0].split("\\.")[0];
        String outer = "io.kubernetes.client.proto." + upper(parts[1]) + upper(group);
        try {
            return (FileDescriptor) Class.forName(outer).getMethod("getDescriptor").invoke(null);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    private static String upper(String word) {
        return word.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    /// `k8s\0` and a `runtime.Unknown` around an object's bytes.
    static byte[] envelope(String apiVersion, String kind, ByteString raw) {
        ByteString unknown = Runtime.Unknown.newBuilder()
                .setTypeMeta(Runtime.TypeMeta.newBuilder().setApiVersion(apiVersion).setKind(kind)).setRaw(raw)
                .setContentEncoding("").setContentType("").build().toByteString();
        return ByteString.copyFrom(MAGIC).concat(unknown).toByteArray();
    }

    /// What an envelope holds.
    /// @throws AssertionError when it is none
    static Runtime.Unknown opened(byte[] value) throws InvalidProtocolBufferException {
        if (!Arrays.equals(MAGIC, Arrays.copyOf(value, MAGIC.length))) {
            throw new AssertionError("no protobuf envelope: " + new String(value, 0, Math.min(80, value.length)));
        }
        return Runtime.Unknown.parseFrom(ByteString.copyFrom(value, MAGIC.length, value.length - MAGIC.length));
    }

    /// The object in an envelope.
    static Message object(byte[] value) throws InvalidProtocolBufferException {
        Runtime.Unknown unknown = opened(value);
        Descriptor type = of(unknown.getTypeMeta().getApiVersion(), unknown.getTypeMeta().getKind());
        return DynamicMessage.parseFrom(type, unknown.getRaw());
    }

    /// The path of the first field that `whole` lacks or has otherwise; empty when it has all of `part`.
    static String missing(Message part, Message whole) {
        for (Map.Entry<FieldDescriptor, Object> field : part.getAllFields().entrySet()) {
            FieldDescriptor there = whole.getDescriptorForType().findFieldByNumber(field.getKey().getNumber());
            String below = difference(field.getValue(), whole.getField(there));
            if (!below.isEmpty()) {
                return "." + field.getKey().getName() + below;
            }
        }
        return "";
    }

    private static String difference(Object part, Object whole) {
        if (part instanceof Message a && whole instanceof Message b) {
            return missing(a, b);
        }
        if (part instanceof List<?> a && whole instanceof List<?> b) {
            for (int i = 0; i < a.size(); i++) {
                String below = i < b.size() ? difference(a.get(i), b.get(i)) : " (only " + b.size() + ")";
                if (!below.isEmpty()) {
                    return "[" + i + "]" + below;
                }
            }
            return "";
        }
        return part.equals(whole) ? "" : ": " + whole + " instead of " + part;
    }
}
