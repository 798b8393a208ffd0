package io.k3j.jetcd;

import com.google.protobuf.UnsafeByteOperations;
import io.etcd.jetcd.api.RangeRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Which keys a request is about: one key, or all from `from` on before `to` (etcd's `key` and `range_end`). Nobody
/// changes the arrays.
///
/// @param from the first key
/// @param to empty for a single key, one zero byte for no end
public record EtcdRange(byte[] from, byte[] to) {
    private static final byte[] ZERO = {0};

    /// One key.
    public static EtcdRange key(String key) {
        return new EtcdRange(key.getBytes(StandardCharsets.UTF_8), new byte[0]);
    }

    /// Every key.
    public static EtcdRange everything() {
        return new EtcdRange(ZERO, ZERO);
    }

    /// The keys that start with `prefix` and are not below `start`, which may be empty or lower.
    public static EtcdRange prefix(String prefix, String start) {
        byte[] first = prefix.getBytes(StandardCharsets.UTF_8);
        byte[] from = start.getBytes(StandardCharsets.UTF_8);
        byte[] begin = Arrays.compareUnsigned(first, from) >= 0 ? first : from;
        return new EtcdRange(begin.length == 0 ? ZERO : begin, after(first));
    }

    /// The first key behind all that start with the prefix. UTF-8 has no byte 0xff, so the last one can grow.
    private static byte[] after(byte[] prefix) {
        if (prefix.length == 0) {
            return ZERO;
        }
        byte[] end = prefix.clone();
        end[end.length - 1]++;
        return end;
    }

    /// Whether no key can be in it: then there is nothing to ask.
    public boolean empty() {
        return to.length > 0 && !Arrays.equals(to, ZERO) && Arrays.compareUnsigned(from, to) >= 0;
    }

    RangeRequest.Builder request() {
        return RangeRequest.newBuilder().setKey(UnsafeByteOperations.unsafeWrap(from))
                .setRangeEnd(UnsafeByteOperations.unsafeWrap(to));
    }
}
