package io.k3j.authtokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StaticTokensTest {
    @TempDir
    private Path directory;

    private String argument(String text) throws IOException {
        return "token-auth-file=" + Files.writeString(directory.resolve("tokens.csv"), text);
    }

    private static Credentials bearer(String token) {
        return new Credentials(List.of(), token, List.of());
    }

    @Test
    void aTokenStandsForTheUserOfItsLine() throws IOException {
        StaticTokens tokens = TokenAuthFile.tokens(argument("""
                s3cret,anne,1000,"admins,developers"

                "with,comma and ""quotes""\",bob,1001
                third,carl,
                """)).orElseThrow();
        assertThat(tokens.authenticate(bearer("s3cret")))
                .contains(new Caller("anne", "1000", List.of("admins", "developers"), Map.of()));
        assertThat(tokens.authenticate(bearer("with,comma and \"quotes\"")))
                .contains(new Caller("bob", "1001", List.of(), Map.of()));
        assertThat(tokens.authenticate(bearer("third"))).contains(new Caller("carl", "", List.of(), Map.of()));
        assertThat(tokens.authenticate(bearer("s3cre"))).isEmpty();
        assertThat(tokens.authenticate(bearer(""))).isEmpty();
        assertThat(TokenAuthFile.tokens("event-ttl=1h")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "s3cret,anne|must have at least 3 columns (token, user name, user uid), found 2 in record 1",
            ",anne,1\\ns3cret,,1|has no user name in record 2",
            "s3cr\"et,anne,1|line 1: a quotation mark inside of a field",
            "\"s3cret,anne,1|line 1: a quotation mark that is not closed",
            "\"s3cret\"x,anne,1|line 1: a field goes on after"})
    void whatIsWrongIsToldWithoutTheToken(String text, String message) throws IOException {
        String argument = argument(text.replace("\\n", "\n"));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> TokenAuthFile.tokens(argument))
                .withMessageContaining(message).withMessageContaining("tokens.csv")
                .withMessageContaining("write a line token,user,uid")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cr"));
    }

    @Test
    void theLastRecordOfATokenCountsAndOneWithoutATokenDoesNot() throws IOException {
        List<String> told = new ArrayList<>();
        Handler ear = new StreamHandler() {
            @Override
            public void publish(LogRecord line) {
                told.add(line.getLevel() + " " + line.getMessage() + " " + line.getParameters()[1]);
            }
        };
        Logger logger = Logger.getLogger("io.k3j.authtokens");
        logger.addHandler(ear);
        try {
            StaticTokens tokens = TokenAuthFile.tokens(argument("s3cret,anne,1\n,carl,3\ns3cret,bob,2\n,,\n"))
                    .orElseThrow();
            assertThat(tokens.authenticate(bearer("s3cret")))
                    .contains(new Caller("bob", "2", List.of(), Map.of()));
            assertThat(tokens.authenticate(bearer(""))).isEmpty();
        } finally {
            logger.removeHandler(ear);
        }
        assertThat(told).containsExactly("WARNING Found an empty token path={0} record={1} 2",
                "WARNING Found a duplicate token path={0} record={1} 3",
                "WARNING Found an empty token path={0} record={1} 4");
    }

    @Test
    void aFileThatIsNotThereIsTold() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> TokenAuthFile.tokens("token-auth-file=" + directory.resolve("none")))
                .withMessageContaining("cannot be read");
    }
}
