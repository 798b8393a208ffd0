package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.ingressresources.IngressValues;
import io.k3j.model.Struct;
import java.io.IOException;
import java.text.MessageFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The line for each request.
class AccessLogTest {
    private static final String GET = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Handler ear = new StreamHandler() {
        @Override
        public void publish(LogRecord line) {
            Object[] values = line.getParameters();
            lines.add(values == null ? line.getMessage() : MessageFormat.format(line.getMessage(), values));
        }
    };
    private final Logger logger = Logger.getLogger("io.k3j.ingress.access");
    private Rig rig;

    @BeforeEach
    void begin() throws IOException {
        logger.addHandler(ear);
        rig = new Rig();
        rig.use(new IngressValues(Map.of(), Struct.EMPTY, true, true, null, List.of()));
    }

    @AfterEach
    void end() throws Exception {
        logger.removeHandler(ear);
        rig.close();
    }

    private String line() throws IOException, InterruptedException {
        try (RawHttp client = rig.client()) {
            client.send(GET).answer();
        }
        return lines.poll(60, TimeUnit.SECONDS);
    }

    @Test
    void aLineNamesTheEndpointThatAnswered() throws Exception {
        int endpoint = rig.echo();
        rig.to(endpoint);
        assertThat(line()).contains("status=200", "path=\"/x\"", "endpoint=localhost/127.0.0.1:" + endpoint + " ");
    }

    @Test
    void aLineNamesTheEndpointThatFailed() throws Exception {
        int endpoint = rig.scripted((in, out) -> RawHttp.head(in));
        rig.to(endpoint);
        assertThat(line()).contains("status=502", "endpoint=localhost/127.0.0.1:" + endpoint + " ");
        rig.to(1);
        assertThat(line()).contains("status=502", "endpoint=localhost/127.0.0.1:1 ");
    }
}
