package io.k3j.authtokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Caller;
import io.k3j.authtokens.VerifiedTokens.Verified;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerifiedTokensTest {
    private static final Caller ROBOT = Caller.of("robot", List.of());
    private final VerifiedTokens tokens = new VerifiedTokens();

    private static Verified of(int audiences) {
        Seq all = Seq.copyOf(Collections.nCopies(audiences, "a"));
        return Verified.of(Struct.of("iss", "x", "aud", all, "jti", "j", "sub", "s"), ROBOT);
    }

    private void put(String token, int length, Verified verified) {
        tokens.put(VerifiedTokens.digest(token), length, verified);
    }

    @Test
    void keepsWhatIsLookedAtForEachRequest() {
        put("a", 1, of(1));
        assertThat(tokens.get(VerifiedTokens.digest("a")))
                .isEqualTo(new Verified(Struct.of("iss", "x", "aud", Seq.of("a")), ROBOT));
        assertThat(tokens.get(VerifiedTokens.digest("b"))).isNull();
    }

    /// Four thousand of the longest tokens would take hundreds of megabytes.
    @Test
    void whatIsKeptIsBoundedInBytes() {
        int most = 0;
        for (int i = 0; i < VerifiedTokens.MOST_TOKENS; i++) {
            put("token " + i, Jwt.MAX_CHARS, of(3_000));
            most = Math.max(most, tokens.size());
        }
        assertThat((long) most * (Jwt.MAX_CHARS + 64 * 3_000)).isPositive().isLessThan(VerifiedTokens.MOST_BYTES);
    }

    @Test
    void aTokenThatIsKeptAlreadyCountsOnce() {
        for (int i = 0; i < 10_000; i++) {
            put("a", Jwt.MAX_CHARS, of(1));
            put("b" + i % 2, 100, of(1));
        }
        assertThat(tokens.size()).isEqualTo(3);
    }

    @Test
    void soIsTheNumberOfTokens() {
        for (int i = 0; i <= VerifiedTokens.MOST_TOKENS; i++) {
            put("token " + i, 100, of(1));
        }
        assertThat(tokens.size()).isOne();
    }
}
