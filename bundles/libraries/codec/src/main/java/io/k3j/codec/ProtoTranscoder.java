package io.k3j.codec;

import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A stored object as an element of a protobuf list, from bytes to bytes: the same bytes that [ProtoWriter] makes of
/// the decoded object. Names, texts, numbers, lists and maps are taken over as they stand; what is stranger is decoded
/// by itself. What is not compact JSON is refused, and has to be decoded as a whole. One transcoder, one list, one
/// thread.
///
/// A list of many objects costs neither their trees nor their strings: one array is used again for each element.
/// Whatever it cannot do exactly as the other writer it refuses, and the caller takes the long way
/// ([ProtobufList#element]).
final class ProtoTranscoder {
    /// The field that stored objects do not have, written among those of metadata.
    private static final byte[] VERSION = "resourceVersion".getBytes(StandardCharsets.US_ASCII);
    private final Function<Shape, MessageLayout> plans;
    /// Written into from front to back; [WireParts] puts parts in order afterwards.
    private final WireParts out = new WireParts();
    /// Where the stored object is being read.
    private final CompactJson in = new CompactJson();
    /// Shares both.
    private final ScalarTranscoder scalars;
    /// Of the object under way, in ASCII.
    private byte[] revision = {};

    ProtoTranscoder(Function<Shape, MessageLayout> plans) {
        this.plans = plans;
        this.scalars = new ScalarTranscoder(plans, in, out);
    }

    /// Makes the field `number` with the object in it.
    /// @param number the list's field for its items
    /// @param objectRevision becomes `metadata.resourceVersion`
    /// @return is used again by the next call
    /// @throws MalformedInput when the bytes are damaged, or not compact JSON
    WireParts element(int number, Shape shape, byte[] stored, long objectRevision) {
        in.open(stored);
        out.clear();
        revision = Long.toString(objectRevision).getBytes(StandardCharsets.US_ASCII);
        try {
            message(number, plans.apply(shape), 0);
            if (!in.ended()) {
                throw in.odd("its end");
            }
        } catch (ArrayIndexOutOfBoundsException | DateTimeException damaged) {
            throw in.odd("something");
        }
        return out;
    }

    /// The object that begins here. Fields come in the order of JSON; where that is not the order of their numbers,
    /// they are sorted afterwards.
    /// @param version the field the revision goes into, 0 for none
    private void message(int number, MessageLayout plan, int version) {
        int mark = out.begin(number);
        int noted = out.noted();
        if (!fields(plan, version)) {
            out.sort(noted, (a, b, otherA, otherB) -> Integer.compare(a, otherA));
        }
        out.forget(noted);
        out.end(mark);
    }

    /// Whether they are in order. Null says nothing in protobuf and is left out, as are names the layout does not have.
    /// The revision is written where its number comes, so that sorting is rarely needed for it.
    private boolean fields(MessageLayout plan, int version) {
        boolean sorted = true;
        int last = 0;
        int pending = version;
        for (boolean more = in.enter('{', '}'); more; more = in.more('}')) {
            MessageLayout.@Nullable Entry e = named(plan);
            Field f = e == null ? null : e.field();
            if (e == null || f == null || in.here() == 'n') {
                in.skip();
                continue;
            }
            if (pending > 0 && e.number() >= pending) {
                sorted &= last < pending;
                last = revision(pending);
                pending = 0;
            }
            sorted &= last < e.number();
            last = e.number();
            out.part(last, 0);
            field(last, f);
        }
        if (pending > 0) {
            sorted &= last < revision(pending);
        }
        return sorted;
    }

    /// The field whose name is here; goes to its value. Null for a name the kind does not have. A name with an escape
    /// is refused, since it could be one that the kind has.
    private MessageLayout.@Nullable Entry named(MessageLayout plan) {
        in.expect('"');
        int quote = in.plainEnd();
        if (quote < 0) {
            throw in.odd("a plain name");
        }
        MessageLayout.Entry e = plan.find(in.bytes(), in.at(), quote);
        in.go(quote + 1);
        in.colon();
        return e;
    }

    /// @return the field's number
    private int revision(int number) {
        out.part(number, 0);
        out.bytes(number, revision);
        return number;
    }

    /// Only the metadata of the object itself has the revision: not those of a pod template.
    private void field(int number, Field f) {
        if (in.depth() == 1 && f.name().equals("metadata")) {
            MessageLayout plan = plans.apply(f.shape());
            MessageLayout.Entry version = plan.find(VERSION, 0, VERSION.length);
            message(number, plan, version == null ? 0 : version.number());
        } else {
            value(number, f.shape());
        }
    }

    /// A list or a map is a field per element; all else is one field.
    private void value(int number, Shape shape) {
        if (shape.type() == Shape.Type.LIST && !shape.wrapped() && in.here() == '[') {
            list(number, shape.items());
        } else if (shape.type() == Shape.Type.MAP && in.here() == '{') {
            map(number, shape.items());
        } else {
            one(number, shape);
        }
    }

    /// Objects of which parts lie in an embedded message are decoded: their fields are not side by side in the bytes.
    private void one(int number, Shape shape) {
        if (shape.type() != Shape.Type.OBJECT) {
            scalars.value(number, shape);
            return;
        }
        MessageLayout plan = plans.apply(shape);
        if (in.here() == '{' && !plan.embeds()) {
            message(number, plan, 0);
        } else {
            scalars.decoded(number, shape);
        }
    }

    /// @param number each element is a field with it
    private void list(int number, Shape items) {
        for (boolean more = in.enter('[', ']'); more; more = in.more(']')) {
            in.compact();
            one(number, items);
        }
    }

    /// Go sorts the keys of a map when it writes protobuf; JSON of a tree may have them in any order.
    private void map(int number, Shape items) {
        int noted = out.noted();
        if (!entries(number, items)) {
            byte[] b = in.bytes();
            out.sort(noted, (key, end, other, otherEnd) -> Arrays.compareUnsigned(b, key, end, b, other, otherEnd));
        }
        out.forget(noted);
    }

    /// Whether they are in the order of their keys. A null as value writes the key alone, as [ProtoWriter] does.
    private boolean entries(int number, Shape items) {
        byte[] b = in.bytes();
        boolean sorted = true;
        int last = 0;
        int lastEnd = 0;
        for (boolean more = in.enter('{', '}'); more; more = in.more('}')) {
            in.expect('"');
            int key = in.at();
            int end = keyEnd();
            sorted &= lastEnd == 0 || Arrays.compareUnsigned(b, last, lastEnd, b, key, end) < 0;
            last = key;
            lastEnd = end;
            out.part(key, end);
            int mark = out.begin(number);
            out.bytes(1, b, key, end - key);
            in.go(end + 1);
            in.colon();
            if (in.here() == 'n') {
                in.skip();
            } else {
                value(2, items);
            }
            out.end(mark);
        }
        return sorted;
    }

    /// The quote that ends the key here; of what is not ASCII, bytes do not tell the order.
    private int keyEnd() {
        int quote = in.plainEnd();
        for (int i = in.at(); i < quote; i++) {
            if (in.bytes()[i] < 0) {
                throw in.odd("a plain key");
            }
        }
        if (quote < 0) {
            throw in.odd("a plain key");
        }
        return quote;
    }
}
