package io.k3j.codec;

import io.k3j.schema.Shape;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Function;

/// Values of stored objects as fields of messages: the same bytes that [ProtoWriter] makes of them. What is not as
/// nearly all are is decoded and left to that. One thread.
final class ScalarTranscoder {
    private static final String TIME = "0000-00-00T00:00:00Z";
    private static final int LONGEST_NUMBER = 18;
    private static final int SMALL = 256;
    private final Function<Shape, Plan> plans;
    private final CompactJson in;
    private final WireParts out;

    ScalarTranscoder(Function<Shape, Plan> plans, CompactJson in, WireParts out) {
        this.plans = plans;
        this.in = in;
        this.out = out;
    }

    /// The value that begins here, of any shape.
    void value(int number, Shape shape) {
        switch (shape.type()) {
            case STRING, DURATION -> text(number);
            case BYTES -> base64(number);
            case INT32, INT64 -> whole(number, shape);
            case BOOLEAN -> flag(number, shape);
            case TIME, MICRO_TIME -> time(number, shape);
            case QUANTITY -> quantity(number, shape);
            case FIELDS -> verbatim(number);
            default -> decoded(number, shape);
        }
    }

    private void text(int number) {
        in.expect('"');
        int from = in.at();
        int quote = in.plainEnd();
        if (quote >= 0) {
            out.bytes(number, in.bytes(), from, quote - from);
            in.go(quote + 1);
            return;
        }
        in.go(from - 1);
        int end = in.behind();
        String text = (String) JsonReader.read(in.bytes(), from - 1, end - from + 1).value();
        out.bytes(number, text.getBytes(StandardCharsets.UTF_8));
        in.go(end);
    }

    private void base64(int number) {
        in.expect('"');
        int quote = in.plainEnd();
        if (quote < 0) {
            throw in.odd("base64");
        }
        out.bytes(number, Base64.getMimeDecoder().decode(Arrays.copyOfRange(in.bytes(), in.at(), quote)));
        in.go(quote + 1);
    }

    private void whole(int number, Shape shape) {
        byte[] b = in.bytes();
        int end = in.behind();
        boolean negative = in.here() == '-';
        int from = negative ? in.at() + 1 : in.at();
        if (from == end || end - from > LONGEST_NUMBER) {
            decoded(number, shape);
            return;
        }
        long value = 0;
        for (int i = from; i < end; i++) {
            int digit = b[i] - '0';
            if (digit < 0 || digit > 9) {
                decoded(number, shape);
                return;
            }
            value = value * 10 + digit;
        }
        out.number(number, negative ? -value : value);
        in.go(end);
    }

    private void flag(int number, Shape shape) {
        int length = in.behind() - in.at();
        boolean set = in.here() == 't' && length == 4;
        if (set || in.here() == 'f' && length == 5) {
            out.number(number, set ? 1 : 0);
            in.go(in.at() + length);
        } else {
            decoded(number, shape);
        }
    }

    private void quantity(int number, Shape shape) {
        if (in.here() == '"') {
            int mark = out.begin(number);
            text(1);
            out.end(mark);
        } else {
            decoded(number, shape);
        }
    }

    /// Which fields somebody manages: JSON in the message, too.
    private void verbatim(int number) {
        int from = in.at();
        int end = in.behind();
        int mark = out.begin(number);
        out.bytes(1, in.bytes(), from, end - from);
        out.end(mark);
        in.go(end);
    }

    /// `"2026-01-02T03:04:05Z"`, as nearly all times are.
    private void time(int number, Shape shape) {
        int from = in.at() + 1;
        if (!plainTime(from)) {
            decoded(number, shape);
            return;
        }
        long day = LocalDate.of(100 * two(from) + two(from + 2), two(from + 5), two(from + 8)).toEpochDay();
        int mark = out.begin(number);
        out.number(1, ((day * 24 + two(from + 11)) * 60 + two(from + 14)) * 60 + two(from + 17));
        out.number(2, 0);
        out.end(mark);
        in.go(from + TIME.length() + 1);
    }

    private boolean plainTime(int from) {
        byte[] b = in.bytes();
        if (in.here() != '"' || StoredMetadata.plainEnd(b, from) != from + TIME.length()) {
            return false;
        }
        for (int i = 0; i < TIME.length(); i++) {
            byte c = b[from + i];
            if (TIME.charAt(i) == '0' ? c < '0' || c > '9' : c != TIME.charAt(i)) {
                return false;
            }
        }
        return two(from + 11) < 24 && two(from + 14) < 60 && two(from + 17) < 60;
    }

    private int two(int from) {
        byte[] b = in.bytes();
        return 10 * (b[from] - '0') + b[from + 1] - '0';
    }

    /// Decodes the one value that begins here.
    void decoded(int number, Shape shape) {
        int end = in.behind();
        Object tree = JsonReader.read(in.bytes(), in.at(), end - in.at()).value();
        WireOut small = new WireOut(SMALL);
        new ProtoWriter(plans, small).field(number, shape, tree);
        out.raw(small.bytes());
        in.go(end);
    }
}
