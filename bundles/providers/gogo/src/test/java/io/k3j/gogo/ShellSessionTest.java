package io.k3j.gogo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.felix.service.command.CommandSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShellSessionTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(200);
    private final GuardedProcessor processor = new GuardedProcessor(null);
    private final List<String> told = new CopyOnWriteArrayList<>();

    /// What a bundle offers.
    public static final class Commands {
        private final CountDownLatch never = new CountDownLatch(1);
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch interrupted = new CountDownLatch(1);

        public String greet(String name) {
            return "hello " + name;
        }

        public void say(CommandSession session, String text) {
            session.getConsole().println(text);
        }

        /// The names of the own thread and all others but virtual ones.
        public String threads(String any) {
            return Thread.currentThread().getName() + Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                    .toList();
        }

        public void fail() {
            throw new IllegalStateException("broken on purpose");
        }

        public void flood(CommandSession session) {
            String line = "x".repeat(1 << 16);
            for (int i = 0; i < 100; i++) {
                session.getConsole().println(line);
            }
        }

        public void hang() throws InterruptedException {
            begun.countDown();
            try {
                never.await();
            } finally {
                interrupted.countDown();
            }
        }
    }

    private final Commands commands = new Commands();

    @BeforeEach
    void offer() {
        for (String function : List.of("greet", "say", "threads", "fail", "flood", "hang")) {
            processor.addCommand("acme", commands, function);
        }
        RefusedCommands.COMMANDS.forEach(processor::refuse);
    }

    @AfterEach
    void end() {
        processor.stop();
    }

    private ShellSession session(Duration limit) {
        return new ShellSession("root", new ShellSession.Client(told::add, line -> told.add("!" + line)),
                lines -> processor.createSession(InputStream.nullInputStream(), lines.output(), lines.complaints()),
                limit);
    }

    @Test
    void showsWhatACommandWritesAndWhatItReturns() {
        try (ShellSession session = session(LONG)) {
            assertThat(session.run("acme:say 'good morning'; acme:greet world")).isZero();
        }
        assertThat(told).containsExactly("good morning", "hello world");
    }

    @Test
    void noThreadIsNamedByWhatIsTyped() {
        try (ShellSession session = session(LONG)) {
            assertThat(session.run("acme:threads s3cret")).isZero();
            assertThat(session.run("acme:greet (acme:threads s3cret)")).isZero();
            session.run("acme:threads s3cret | acme:greet s3cret");
        }
        assertThat(told).isNotEmpty().noneMatch(line -> line.replace("hello s3cret", "").contains("s3cret"));
        assertThat(told.getFirst()).contains("shell-command acme:threads");
    }

    @Test
    void keepsVariablesFromLineToLine() {
        try (ShellSession session = session(LONG)) {
            session.run("who = world");
            assertThat(session.run("greet $who")).isZero();
        }
        assertThat(told).endsWith("hello world");
    }

    @Test
    void aFailureIsOneComplaintAndTheSessionGoesOn() {
        try (ShellSession session = session(LONG)) {
            assertThat(session.run("acme:fail")).isEqualTo(1);
            assertThat(session.run("acme:absent")).isEqualTo(1);
            assertThat(session.run("acme:greet world")).isZero();
        }
        assertThat(told).containsExactly("!IllegalStateException: broken on purpose",
                "!no command acme:absent; see: help", "hello world");
    }

    @Test
    void refusesWhatWouldGoPastTheFeaturesWithWhatToTypeInstead() {
        try (ShellSession session = session(LONG)) {
            assertThat(session.run("felix:stop 5")).isEqualTo(1);
            assertThat(session.run("uninstall 5")).isEqualTo(1);
            assertThat(session.run("scr:disable edge")).isEqualTo(1);
            assertThat(session.run("exit")).isEqualTo(1);
        }
        assertThat(told).hasSize(4).allMatch(line -> line.startsWith("!"));
        assertThat(told.get(0)).contains("k3s bundle stop NAME");
        assertThat(told.get(1)).contains("k3s component disable NAME");
        assertThat(told.get(2)).contains("k3s component disable NAME");
        assertThat(told.get(3)).contains("Ctrl-D").contains("systemctl stop k3s");
    }

    @Test
    void aCommandOfItsOwnNameDoesNotTakeThePlaceOfARefusal() {
        processor.addCommand("felix", commands, "stop", Integer.MAX_VALUE);
        try (ShellSession session = session(LONG)) {
            assertThat(session.run("felix:stop 5")).isEqualTo(1);
        }
        assertThat(told).singleElement().asString().contains("k3s bundle stop NAME");
    }

    @Test
    void whatWouldEndTheProcessIsRefusedOnItsObjectsToo() {
        assertThat(RefusedCommands.instead(Runtime.getRuntime(), "EXIT")).contains("Ctrl-D");
        assertThat(RefusedCommands.instead(System.class, "exit")).contains("Ctrl-D");
        assertThat(RefusedCommands.instead("a text", "stop")).isEmpty();
    }

    @Test
    void whatTakesTooLongIsInterruptedAndTheSessionBeginsAnew() throws InterruptedException {
        try (ShellSession session = session(SHORT)) {
            assertThat(session.run("acme:hang")).isEqualTo(1);
            if (commands.begun.getCount() == 0) {
                commands.interrupted.await();
            }
            assertThat(told).singleElement().asString().startsWith("!interrupted after");
        }
        told.clear();
        try (ShellSession session = session(LONG)) {
            assertThat(session.run("acme:greet world")).isZero();
        }
        assertThat(told).containsExactly("hello world");
    }

    @Test
    void boundsWhatACommandMayWrite() {
        try (ShellSession session = session(LONG)) {
            assertThat(session.run("acme:flood")).isEqualTo(1);
            assertThat(told.getLast()).startsWith("!more than 4 MiB of output");
            assertThat(session.run("acme:greet world")).isZero();
        }
        assertThat(told.getLast()).isEqualTo("hello world");
    }
}
