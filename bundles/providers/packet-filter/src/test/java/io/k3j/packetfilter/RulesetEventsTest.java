package io.k3j.packetfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class RulesetEventsTest {
    static boolean possible() {
        return NftFilterTest.possible();
    }

    @Test
    @EnabledIf(value = "possible", disabledReason = "needs root and the package nftables")
    void tellsOfChangesByOthersOnly() throws Exception {
        Outcome child = Launch.of("unshare", "--net", Launch.jdk("java"), "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED", "-Dk3j.full=" + Boolean.getBoolean("k3j.full"), "-cp",
                System.getProperty("java.class.path"),
                RulesetEventsChild.class.getName()).run(Duration.ofMinutes(10));
        assertThat(child.text().lines()).as(child.text()).contains("opened: true", "own: false", "flushed: true",
                "within a second: true", "burst told: true", "burst coalesced: true", "after close: false",
                "ended: true");
    }

    @Test
    void readsTheGenerationOfAMessage() {
        ByteBuffer message = ByteBuffer.allocate(28).order(ByteOrder.nativeOrder());
        message.putInt(28).putShort((short) 0x0A0F).position(20);
        message.putShort((short) 8).putShort((short) 1).order(ByteOrder.BIG_ENDIAN).putInt(258);
        assertThat(NetlinkSocket.generation(message.array())).hasValue(258);
        assertThat(NetlinkSocket.generation(new byte[20])).isEmpty();
        assertThat(NetlinkSocket.generation(new byte[28])).isEmpty();
    }
}
