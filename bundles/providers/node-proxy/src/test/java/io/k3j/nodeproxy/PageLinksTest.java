package io.k3j.nodeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageLinksTest {
    private static final String BASE = "/api/v1/namespaces/n/pods/p:80/proxy";

    private static String through(String page, int pieces) {
        PageLinks links = new PageLinks(PathProxy.links(BASE, "10.0.0.1:80"));
        byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < bytes.length; at += pieces) {
            byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + pieces));
            out.writeBytes(links.next(piece, piece.length));
        }
        out.writeBytes(links.end());
        return out.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            <a href="/rewriteme">test</a>     | <a href="BASE/rewriteme">test</a>
            <a class='x' HREF='/a?b=1&c'>ü</a>| <a class='x' HREF='BASE/a?b=1&c'>ü</a>
            <img src=/i.png longdesc="/d">    | <img src=BASE/i.png longdesc="BASE/d">
            <a href="other">                  | <a href="other">
            <a href="http://else/where">      | <a href="http://else/where">
            <a href="http://10.0.0.1:80/here">| <a href="BASE/here">
            <a href="BASE/again">             | <a href="BASE/again">
            <a title="href='/a'" href="/b">   | <a title="href='/a'" href="BASE/b">
            <a title=">" href="/b">           | <a title=">" href="BASE/b">
            <p href="/no"> 1 < 2 </p>         | <p href="/no"> 1 < 2 </p>
            <!-- <a href="/no"> -->           | <!-- <a href="/no"> -->
            <script>"<a href='/no'>"</script> | <script>"<a href='/no'>"</script>
            <script src="/s">x</script><a href="/b"> | <script src="BASE/s">x</script><a href="BASE/b">
            <a href="/never ends              | <a href="/never ends
            """)
    void rewritesLinksToLeadThroughTheProxy(String page, String expected) {
        for (int pieces : new int[] {1, 3, 1000}) {
            assertThat(through(page.replace("BASE", BASE), pieces)).isEqualTo(expected.replace("BASE", BASE));
        }
    }

    @Test
    @Timeout(120)
    void eachByteIsProcessedOnce() {
        for (String text : List.of("x", " ", "x ", "=", "\"\"", "x=")) {
            String page = ("<a " + text.repeat((PageLinks.MAX_TAG_BYTES - 10) / text.length()) + ">").repeat(50);
            assertThat(through(page, 16_384)).isEqualTo(page);
        }
    }

    @Test
    void aTagWithoutAnEndIsNotBuffered() {
        String page = "<a href=\"" + "x".repeat(3 * PageLinks.MAX_TAG_BYTES);
        assertThat(through(page, 1024)).isEqualTo(page);
        String script = "<script>" + "<".repeat(3 * PageLinks.MAX_TAG_BYTES) + "</script><a href='/b'>";
        assertThat(through(script, 1024)).isEqualTo(script.replace("'/b'", "'" + BASE + "/b'"));
    }
}
