package io.k3j.apirequests;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.ProtobufList;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Target;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// What a list is made of in one form: what it says of itself, and an element for each object. No object stays decoded.
///
/// Elements are made of the stored bytes wherever the form allows, since a list of many objects is the dearest request
/// there is: JSON in the stored version takes the bytes and splices the revision in, metadata take a part of them,
/// protobuf transcodes in small parts. Everything else decodes one object at a time. Used by the thread of its request,
/// and by one more that counts.
public final class ListShape {
    private final Renderer renderer;
    private final Tables tables;
    private final Target target;
    private final Form form;
    private final Tables.Include include;

    /// In the form the request has negotiated.
    ///
    /// @param target the kind in the version of the path
    /// @throws io.k3j.clientapi.ApiFault 400 for a parameter `includeObject` that is none
    public ListShape(Renderer renderer, Tables tables, Request request, Target target) {
        this.renderer = renderer;
        this.tables = tables;
        this.target = target;
        this.form = request.form();
        this.include = Tables.Include.of(request.params().text("includeObject"));
    }

    /// The field that holds the elements; in JSON it is the last one.
    String field() {
        return form.as() == Form.As.TABLE ? "rows" : "items";
    }

    /// Everything but the elements.
    ///
    /// @param metadata the list's: revision, continue token, remaining count
    Struct head(Struct metadata) {
        if (form.as() == Form.As.TABLE) {
            return tables.head(target, form).with("metadata", metadata);
        }
        Gvk kind = target.kind().gvk();
        boolean partial = form.as() == Form.As.METADATA;
        return Struct.of("kind", partial ? "PartialObjectMetadataList" : kind.kind() + "List", "apiVersion",
                partial ? "meta.k8s.io/" + form.version() : kind.apiVersion(), "metadata", metadata);
    }

    /// An element as a tree, for forms that need one.
    Struct element(Item item) {
        return switch (form.as()) {
            case TABLE -> tables.row(target, target.fresh(item), form, include);
            case METADATA -> Tables.metadataOnly(item.fresh(), form.version());
            default -> renderer.bare(target, target.fresh(item).document());
        };
    }

    /// Writes an element of a protobuf list, of the stored bytes where they will do. Bytes that were stored by another
    /// writer may be valid and not as compact as expected; those are decoded.
    ///
    /// @return how many bytes
    int protobuf(Item item, ProtobufList list, OutputStream out) throws IOException {
        if (direct(item, list)) {
            try {
                return list.element(item.bytes(), item.revision(), out);
            } catch (MalformedInput strange) {
                return decoded(item, list, out);
            }
        }
        return decoded(item, list, out);
    }

    /// How many bytes that are. Remembered with the object where it depends on nothing else, so that only the first
    /// list of it counts.
    int protobufBytes(Item item, ProtobufList list) throws IOException {
        boolean direct = direct(item, list);
        int known = direct ? item.protobufBytes() : 0;
        if (known > 0) {
            return known;
        }
        int count = protobuf(item, list, OutputStream.nullOutputStream());
        if (direct) {
            item.protobufBytes(count);
        }
        return count;
    }

    /// Whether neither version, schema nor form ask for more than the stored bytes hold.
    private boolean direct(Item item, ProtobufList list) {
        return form.as() == Form.As.OBJECT && list.direct() && item.revision() != 0
                && renderer.asStored(target, item, Form.JSON);
    }

    private int decoded(Item item, ProtobufList list, OutputStream out) throws IOException {
        byte[] bytes = list.element(element(item));
        out.write(bytes);
        return bytes.length;
    }

    /// An element as JSON, of the stored bytes where they will do.
    void json(Item item, OutputStream out) throws IOException {
        switch (form.as()) {
            case TABLE -> out.write(Json.bytes(element(item)));
            case METADATA -> metadata(item, out);
            default -> renderer.item(target, item, out);
        }
    }

    /// The bytes from the hole behind `"metadata":{` to the end of that struct, which is where all stored forms have
    /// it. Bytes that are damaged are decoded, and fail there with a message.
    private void metadata(Item item, OutputStream out) throws IOException {
        byte[] bytes = item.bytes();
        int hole = item.holeIndex();
        int end;
        try {
            end = Json.metadataEnd(bytes, hole);
        } catch (MalformedInput damaged) {
            out.write(Json.bytes(element(item)));
            return;
        }
        out.write(("{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/" + form.version()
                + "\",\"metadata\":{").getBytes(StandardCharsets.US_ASCII));
        if (item.revision() != 0) {
            out.write(Json.revision(bytes, hole, item.revision()));
        }
        out.write(bytes, hole, end - hole);
        out.write('}');
    }
}
