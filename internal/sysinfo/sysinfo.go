// Package sysinfo reads what the machine has.
package sysinfo
