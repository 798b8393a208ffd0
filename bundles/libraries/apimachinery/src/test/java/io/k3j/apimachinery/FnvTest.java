package io.k3j.apimachinery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// The values are those that the algorithm's authors publish.
class FnvTest {
    @Test
    void thirtyTwoBits() {
        assertThat(Fnv.hash32("")).isEqualTo(0x811c9dc5L);
        assertThat(Fnv.hash32("a")).isEqualTo(0xe40c292cL);
        assertThat(Fnv.hash32("foobar")).isEqualTo(0xbf9cf968L);
    }

    @Test
    void sixtyFourBits() {
        assertThat(Fnv.hash64(new byte[0])).isEqualTo(0xcbf29ce484222325L);
        assertThat(Fnv.hash64("a".getBytes(StandardCharsets.UTF_8))).isEqualTo(0xaf63dc4c8601ec8cL);
        assertThat(Fnv.hash64("foobar".getBytes(StandardCharsets.UTF_8))).isEqualTo(0x85944171f73967e8L);
    }

    @Test
    void bytesAreTakenWithoutSign() {
        assertThat(Fnv.hash32("\u00e9")).isEqualTo(0x1e9de8c1L);
        assertThat(Fnv.hash64(new byte[] {(byte) 0xc3, (byte) 0xa9})).isEqualTo(0xac21707b7181e01L);
    }
}
