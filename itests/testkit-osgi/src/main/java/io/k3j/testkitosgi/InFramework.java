package io.k3j.testkitosgi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Runs the methods of a test class inside a framework with Declarative Services, Configuration Admin and the
/// bundles named here. Fields of type `BundleContext`, and fields marked [Injected], are filled.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(FrameworkExtension.class)
public @interface InFramework {
    /// Symbolic names of bundles on the test's class path, started in this order.
    String[] bundles() default {};

    /// Packages of the class path that the framework exports, beside those of JUnit and AssertJ.
    String[] shared() default {};
}
