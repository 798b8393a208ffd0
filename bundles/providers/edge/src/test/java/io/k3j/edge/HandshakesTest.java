package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/// Who finds a place for its handshake while others hold them.
class HandshakesTest {
    private static final InetAddress NEAR = InetAddress.ofLiteral("10.0.0.1");
    private static final InetAddress FAR = InetAddress.ofLiteral("10.0.0.2");
    private final Handshakes handshakes = new Handshakes(4, 2);

    private ClientConnection begun(InetAddress from) {
        assertThat(handshakes.hasRoom(from)).isTrue();
        ClientConnection client = new ClientConnection(new EmbeddedChannel(), new InetSocketAddress(from, 1),
                Patience.defaults(), InstantSource.system());
        handshakes.begun(client);
        return client;
    }

    private ClientConnection heard(InetAddress from) {
        ClientConnection client = begun(from);
        client.heard();
        return client;
    }

    private static boolean open(ClientConnection client) {
        return client.channel().isOpen();
    }

    @Test
    void oneAddressHasAPartOfThePlaces() {
        ClientConnection first = heard(NEAR);
        heard(NEAR);
        assertThat(handshakes.hasRoom(NEAR)).isFalse();
        heard(FAR);
        handshakes.ended(first);
        handshakes.ended(first);
        assertThat(handshakes.hasRoom(NEAR)).isTrue();
        heard(NEAR);
        assertThat(handshakes.hasRoom(NEAR)).as("an end counts once").isFalse();
    }

    @Test
    void aNetworkOfIpv6IsOneAddress() {
        heard(InetAddress.ofLiteral("2001:db8::1"));
        heard(InetAddress.ofLiteral("2001:db8::ffff:2"));
        assertThat(handshakes.hasRoom(InetAddress.ofLiteral("2001:db8::3"))).isFalse();
        assertThat(handshakes.hasRoom(InetAddress.ofLiteral("2001:db8:0:1::3"))).isTrue();
    }

    @Test
    void whoHasSaidNothingForLongestMakesRoom() {
        ClientConnection slow = heard(InetAddress.ofLiteral("10.0.0.3"));
        ClientConnection oldest = begun(NEAR);
        ClientConnection next = begun(InetAddress.ofLiteral("10.0.0.4"));
        begun(InetAddress.ofLiteral("10.0.0.5"));
        ClientConnection newest = begun(FAR);
        assertThat(open(oldest)).isFalse();
        assertThat(open(slow)).as("it is the server that owes it something").isTrue();
        assertThat(open(next)).isTrue();
        assertThat(open(newest)).isTrue();
    }

    @Test
    void aSilentClientOfAnAddressMakesRoomForOthersOfIt() {
        ClientConnection oldest = begun(NEAR);
        ClientConnection other = begun(FAR);
        heard(NEAR);
        heard(NEAR);
        assertThat(open(oldest)).isFalse();
        assertThat(open(other)).isTrue();
    }

    @Test
    void nobodyMakesRoomWhoHasSaidSomething() {
        for (int i = 0; i < 4; i++) {
            heard(InetAddress.ofLiteral("10.0.1." + i));
        }
        assertThat(handshakes.hasRoom(NEAR)).isFalse();
    }
}
