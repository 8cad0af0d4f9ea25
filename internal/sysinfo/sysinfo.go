// Package sysinfo reads properties of the machine.
package sysinfo
