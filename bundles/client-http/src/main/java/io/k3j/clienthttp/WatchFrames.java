package io.k3j.clienthttp;

import io.k3j.codec.Json;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// The events of one watch, in order.
final class WatchFrames implements AutoCloseable {
    /// Two of the largest objects upstream takes.
    private static final int MAX_FRAME = 6 << 20;
    private static final int BUFFER = 8 << 10;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int end;

    /// Takes over the body of a watch.
    WatchFrames(InputStream in) {
        this.in = in;
    }

    /// One event; `type` is `ADDED`, `MODIFIED`, `DELETED` or `BOOKMARK`.
    record Frame(String type, Obj object) {
    }

    /// The next event; blocks. Null when the watch has ended in order.
    /// @throws io.k3j.clientapi.ApiFault the error the server ended it with
    /// @throws IOException when it was cut
    @Nullable
    Frame next() throws IOException {
        byte[] line = line();
        if (line.length == 0) {
            return null;
        }
        Struct event = Json.object(line);
        Struct object = event.struct("object");
        if (event.text("type").equals("ERROR")) {
            throw Faults.of(object, 500);
        }
        return new Frame(event.text("type"), Obj.of(object));
    }

    private byte[] line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(BUFFER);
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
