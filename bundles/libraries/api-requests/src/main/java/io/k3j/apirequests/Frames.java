package io.k3j.apirequests;

import io.k3j.cbor.Cbor;
import io.k3j.codec.Json;
import io.k3j.codec.Protobuf;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Target;
import io.k3j.watchcache.Item;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// Watch events as bytes. An event is put into bytes once per form, no matter who watches: the caller keeps them with
/// the event. JSON events are lines, protobuf ones have their length in front (four bytes, big-endian), CBOR ones
/// follow each other as they are (RFC 8742). Any thread.
public final class Frames {
    private static final byte[] END = "}\n".getBytes(StandardCharsets.US_ASCII);
    private final Renderer renderer;
    private final Tables tables;
    /// Guarded by itself. Holds a shape no longer than a watch or an event does, so that those of kinds that are gone
    /// go too.
    private final Map<Shape, WeakReference<Shape>> shapes = new WeakHashMap<>();

    /// @param renderer for objects that are no rows of a table
    public Frames(Renderer renderer, Tables tables) {
        this.renderer = renderer;
        this.tables = tables;
    }

    /// A form of frames: equal for watchers that can share them.
    ///
    /// @param type `ADDED`, `MODIFIED`, `DELETED` or `BOOKMARK`
    /// @param kind in whose version objects are shown
    /// @param form never pretty
    /// @param include for tables
    /// @param headers a table's column definitions come along, as with the first event of each watch
    public record Shape(String type, Gvk kind, Form form, Tables.Include include, boolean headers) {
    }

    /// The one shape that equals this one, so that shapes can be told apart by identity, which costs nothing per event.
    public Shape shared(Shape shape) {
        synchronized (shapes) {
            WeakReference<Shape> known = shapes.get(shape);
            @Nullable
            Shape same = known == null ? null : known.get();
            if (same == null) {
                shapes.put(shape, new WeakReference<>(shape));
                return shape;
            }
            return same;
        }
    }

    /// The media type of a watch in a form, for the header `content-type`.
    public static String mediaType(Form form) {
        return switch (form.type()) {
            case PROTOBUF -> form.type().mediaType() + ";stream=watch";
            case CBOR -> form.type().mediaType() + "-seq";
            case JSON, YAML -> form.type().mediaType();
        };
    }

    /// One event about one object.
    ///
    /// @param item the version that is told; for a deletion the last one that was selected
    /// @param revision shown as the object's `resourceVersion`: for a deletion that of the deletion
    /// @throws io.k3j.clientapi.ApiFault 500 when the item cannot be read, 503 while the kind's bundle is away
    public byte[] object(Target target, Item item, long revision, Shape shape) {
        Form form = shape.form;
        if (form.as() == Form.As.TABLE) {
            Obj object = target.object(item, revision);
            return framed(shape.type, form,
                    renderer.encoded(tables.of(target, object, form, shape.include, shape.headers), form));
        }
        return renderer.asStored(target, item, form)
                ? Json.withRevision(head(shape.type), item.bytes(), revision, END)
                : framed(shape.type, form, renderer.bytes(target, item, revision, form));
    }

    /// A bookmark: an object with nothing but its kind and a revision, up to which everything has been told ("Watch
    /// bookmarks").
    ///
    /// @param shape of the type `BOOKMARK`; as a table it has one row, which shows that object
    /// @param initialEnd says that the initial events are complete ("Streaming lists"), by upstream's annotation
    public byte[] bookmark(Target target, long revision, Shape shape, boolean initialEnd) {
        Form form = shape.form;
        Struct.Builder metadata = Struct.builder().put("resourceVersion", Long.toString(revision));
        metadata.put("creationTimestamp", null);
        if (initialEnd) {
            metadata.put("annotations", Struct.of("k8s.io/initial-events-end", "true"));
        }
        Gvk kind = form.as() == Form.As.METADATA
                ? new Gvk("meta.k8s.io", form.version(), "PartialObjectMetadata") : target.kind().gvk();
        Struct object = Struct.of("kind", kind.kind(), "apiVersion", kind.apiVersion(), "metadata", metadata.build());
        return tree(shape.type,
                form.as() == Form.As.TABLE ? tables.of(target, Obj.of(object), form, shape.include, shape.headers)
                        : object,
                form);
    }

    /// An error in the stream, after which it ends: the status 200 was sent long before.
    ///
    /// @param status a `Status`
    public byte[] error(Struct status, Form form) {
        return tree("ERROR", status, form);
    }

    private byte[] tree(String type, Struct object, Form form) {
        return framed(type, form, renderer.encoded(object, form));
    }

    /// What stands before the object of an event in JSON.
    private static byte[] head(String type) {
        return ("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] framed(String type, Form form, byte[] object) {
        if (form.type() == Form.Type.PROTOBUF) {
            return Protobuf.watchFrame(type, object);
        }
        if (form.type() == Form.Type.CBOR) {
            return Cbor.event(type, object);
        }
        byte[] head = head(type);
        byte[] all = new byte[head.length + object.length + END.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(object, 0, all, head.length, object.length);
        System.arraycopy(END, 0, all, head.length + object.length, END.length);
        return all;
    }
}
