package io.k3j.apirequests;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Path and query of a request are read or refused; what is passed on of a query says the same as what was read.
public class QueryFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        String text = Fuzzing.text(input);
        Fuzzing.parse(() -> {
            Params params = Params.parse(text);
            assertThat(Params.parse(params.encoded()).encoded()).isEqualTo(params.encoded());
            ListQuery.options(params, true);
        }, ApiFault.class);
        Fuzzing.parse(() -> ListQuery.options(Params.parse(text), false), ApiFault.class);
        Fuzzing.parse(() -> {
            RequestPath path = RequestPath.of(text);
            path.after(path.segments().size());
        }, ApiFault.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(QueryFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                "limit=500&resourceVersion=7&resourceVersionMatch=Exact&continue=abc",
                "watch=true&allowWatchBookmarks=1&sendInitialEvents=true"
                        + "&resourceVersionMatch=NotOlderThan&timeoutSeconds=5",
                "labelSelector=a%3Db%2Cc+in+%28d%29&fieldSelector=metadata.name%3De", "/api/v1//namespaces/a%2Fb/pods/",
                "command=sh&command=-c&command=%E4%BD%A0&&=x"));
    }
}
