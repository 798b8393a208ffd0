package io.k3j.clienthttp;

import io.k3j.codec.Json;
import io.k3j.model.FieldMask;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Reads the events of a watch response, in order.
final class WatchFrames implements AutoCloseable {
    /// Twice the size of the largest object upstream accepts.
    private static final int MAX_FRAME = 6 << 20;
    private static final int BUFFER_BYTES = 8 << 10;

    private final InputStream in;
    private final FieldMask fields;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int end;

    /// @param in the body of the response, which is closed with this object
    /// @param fields what is kept of each object
    WatchFrames(InputStream in, FieldMask fields) {
        this.in = in;
        this.fields = fields.everything() ? fields : fields.under("object").with("type");
    }

    /// An event; `type` is `ADDED`, `MODIFIED`, `DELETED` or `BOOKMARK`.
    record Frame(String type, Obj object) {
    }

    /// The next event; null at a regular end of the watch. Blocks.
    /// @throws io.k3j.clientapi.ApiFault the error event of the server
    /// @throws IOException when the connection breaks
    @Nullable
    Frame next() throws IOException {
        byte[] line = line();
        if (line.length == 0) {
            return null;
        }
        Struct event = Json.object(line, fields);
        if (event.text("type").equals("ERROR")) {
            // a Status, which the fields are not about
            throw ResponseFaults.of(Json.object(line).struct("object"), 500);
        }
        return new Frame(event.text("type"), Obj.of(event.struct("object")));
    }

    private byte[] line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(BUFFER_BYTES);
        while (true) {
            if (at == end) {
                at = 0;
                end = in.read(buffer);
                if (end <= 0) {
                    end = 0;
                    return new byte[0];
                }
            }
            int from = at;
            while (at < end && buffer[at] != '\n') {
                at++;
            }
            line.write(buffer, from, at - from);
            if (line.size() > MAX_FRAME) {
                throw new IOException("an event of a watch is longer than " + MAX_FRAME + " bytes");
            }
            if (at < end) {
                at++;
                if (line.size() > 0) {
                    return line.toByteArray();
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
