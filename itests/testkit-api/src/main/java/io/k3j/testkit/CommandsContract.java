package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What commands of `k3s component shell` have to keep: a service with the properties `osgi.command.scope` and
/// `osgi.command.function`. Who has some extends it, and says which object and which functions they are.
///
/// 1. Each function is a public method of a public class.
/// 2. Its parameters are what typed words become: `String`, numbers, `boolean`, `char`, enums, `Bundle`, or `String[]`
///    at the end.
/// 3. It ends when its thread is interrupted, as one that has taken two minutes is.
/// 4. Several operators may type it at once.
public abstract class CommandsContract {
    /// As many as there may be sessions.
    private static final int ASKED_AT_ONCE = 4;
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String BUNDLE = "org.osgi.framework.Bundle";
    private static final Set<Class<?>> WORDS = Set.of(String.class, CharSequence.class, Object.class, int.class,
            long.class, short.class, byte.class, double.class, float.class, boolean.class, char.class, Integer.class,
            Long.class, Short.class, Byte.class, Double.class, Float.class, Boolean.class, Character.class);

    /// The service.
    protected abstract Object commands();

    /// What its property `osgi.command.function` names.
    protected abstract Set<String> functions();

    /// Types one of them, as it works.
    protected abstract void type() throws Exception;

    private List<Method> methods(String function) {
        return Stream.of(commands().getClass().getMethods()).filter(method -> method.getName().equals(function))
                .toList();
    }

    private static boolean becomes(Class<?> parameter, boolean last) {
        return WORDS.contains(parameter) || parameter.isEnum() || parameter.getName().equals(BUNDLE)
                || last && parameter == String[].class;
    }

    @Test
    void guarantee1EachFunctionIsAPublicMethodOfAPublicClass() {
        assertThat(Modifier.isPublic(commands().getClass().getModifiers())).as(commands().getClass() + " is public")
                .isTrue();
        assertThat(functions()).isNotEmpty()
                .allSatisfy(function -> assertThat(methods(function)).as("public methods " + function).isNotEmpty());
    }

    @Test
    void guarantee2ItsParametersAreWhatWordsBecome() {
        for (String function : functions()) {
            for (Method method : methods(function)) {
                Class<?>[] parameters = method.getParameterTypes();
                for (int i = 0; i < parameters.length; i++) {
                    assertThat(becomes(parameters[i], i == parameters.length - 1))
                            .as(parameters[i].getName() + " of " + method + " is what a word becomes").isTrue();
                }
            }
        }
    }

    @Test
    void guarantee3EndsWhenItsThreadIsInterrupted() throws InterruptedException {
        Thread typing = Thread.startVirtualThread(() -> {
            Thread.currentThread().interrupt();
            try {
                type();
            } catch (Exception ended) {
                // what an operator is shown then
            }
        });
        assertThat(typing.join(LONG)).as("it has ended").isTrue();
    }

    @Test
    void guarantee4SeveralOperatorsTypeAtOnce() throws Exception {
        List<Future<Boolean>> typed = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < ASKED_AT_ONCE; i++) {
                typed.add(threads.submit(() -> {
                    type();
                    return true;
                }));
            }
        }
        for (Future<Boolean> one : typed) {
            assertThat(one.get()).isTrue();
        }
    }
}
