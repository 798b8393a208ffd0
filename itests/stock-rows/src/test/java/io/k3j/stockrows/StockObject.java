package io.k3j.stockrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.kubernetes.client.proto.Meta.FieldsV1;
import io.kubernetes.client.proto.Meta.ManagedFieldsEntry;
import io.kubernetes.client.proto.Meta.ObjectMeta;
import io.kubernetes.client.proto.Meta.Time;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// One object of a kind that stock K3s keeps as protobuf.
///
/// @param body its message; the label `round` says which version it is
record StockObject(String apiVersion, String kind, String namespace, String name, Message body) {
    /// Where namespaced objects lie.
    static final String NAMESPACE = "stock";
    private static final long CREATED = 1_793_000_000L;

    /// Parses protobuf text and adds metadata as every object has it to what it says of them.
    static StockObject parse(Served served, String name, String text, int round)
            throws TextFormat.ParseException, InvalidProtocolBufferException {
        Descriptor type = Messages.of(served.apiVersion(), served.kind());
        FieldDescriptor metadata = type.findFieldByName("metadata");
        DynamicMessage.Builder body = DynamicMessage.newBuilder(type);
        TextFormat.merge(text, body);
        String namespace = served.namespaced() ? NAMESPACE : "";
        // first, since Go writes labels in their order
        ObjectMeta said = ObjectMeta.parseFrom(((Message) body.getField(metadata)).toByteString());
        body.setField(metadata, said.toBuilder().mergeFrom(metadata(served, namespace, name, round)).build());
        return new StockObject(served.apiVersion(), served.kind(), namespace, name, body.build());
    }

    private static ObjectMeta metadata(Served served, String namespace, String name, int round) {
        Time created = Time.newBuilder().setSeconds(CREATED).build();
        ByteString fields = ByteString.copyFromUtf8("{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:round\":{}}}}");
        return ObjectMeta.newBuilder().setName(name).setNamespace(namespace)
                .setUid(uid(served.apiVersion() + served.kind() + name)).setCreationTimestamp(created).setGeneration(1)
                .putLabels("round", Integer.toString(round))
                .addManagedFields(ManagedFieldsEntry.newBuilder().setManager("kubectl-create").setOperation("Update")
                        .setApiVersion(served.apiVersion()).setTime(created).setFieldsType("FieldsV1")
                        .setFieldsV1(FieldsV1.newBuilder().setRaw(fields)))
                .build();
    }

    static String uid(String seed) {
        return UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /// What lies in the value column.
    byte[] value() {
        return Messages.envelope(apiVersion, kind, body.toByteString());
    }
}
